#include "schema/format.hpp"

#include <algorithm>
#include <array>

#include "event/uri.hpp"
#include "schema/format_checks.hpp"

namespace signalbox::schema {
namespace {

constexpr std::array kFormats{
    Format{"date-time", is_date_time},
    Format{"date", is_date},
    Format{"time", is_time},
    Format{"duration", is_duration},
    Format{"email", is_email},
    Format{"idn-email", is_idn_email},
    Format{"hostname", is_hostname},
    Format{"ipv4", is_ipv4},
    Format{"ipv6", is_ipv6},
    Format{"uri", event::is_uri},
    Format{"uri-reference", event::is_uri_reference},
    Format{"iri", is_iri},
    Format{"iri-reference", is_iri_reference},
    Format{"uri-template", is_uri_template},
    Format{"uuid", is_uuid},
    Format{"json-pointer", is_json_pointer},
    Format{"relative-json-pointer", is_relative_json_pointer},
    Format{"regex", is_regex},
};

}  // namespace

const Format* find_format(std::string_view name) {
  const auto* found =
      std::find_if(kFormats.begin(), kFormats.end(), [&](const auto& format) { return format.name == name; });
  return found == kFormats.end() ? nullptr : found;
}

}  // namespace signalbox::schema
