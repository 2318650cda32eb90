#include "base/log.hpp"

namespace signalbox::base::log {

std::string quoted(std::string_view text) {
  constexpr std::size_t kLongest = 200;
  std::string out = "\"";
  for (char c : text.substr(0, kLongest)) {
    if (c == '"' || c == '\\') out += '\\', out += c;
    else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    else out += c;
  }
  if (text.size() > kLongest) out += "...";
  return out + '"';
}

}  // namespace signalbox::base::log
