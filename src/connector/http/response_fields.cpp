#include "connector/http/response_fields.hpp"

#include <algorithm>
#include <string_view>

#include "base/ascii_text.hpp"

namespace signalbox::connector::http {

std::vector<base::HeaderField> response_fields(const signalbox::http::ClientResponse& response) {
  std::string_view rest = response.fields;  // "name: value\r\n" each
  std::vector<base::HeaderField> fields;
  while (!rest.empty()) {
    const auto end = std::min(rest.find("\r\n"), rest.size());
    const auto line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 2, rest.size()));
    const auto colon = line.find(':');
    if (colon != std::string_view::npos)
      fields.push_back({line.substr(0, colon), base::trim_blanks(line.substr(colon + 1))});
  }
  return fields;
}

}  // namespace signalbox::connector::http
