#pragma once
#include <span>
#include <string_view>

namespace signalbox::base {

/// One HTTP header field as it stands in a message; the views live as long as the message's buffer.
struct HeaderField {
  std::string_view name;
  std::string_view value;
};

/// ASCII only, as HTTP field names and CloudEvents attribute names are.
bool equals_ignoring_case(std::string_view a, std::string_view b);

/// The first field of that name (any case); nullptr when there is none.
const HeaderField* find_header(std::span<const HeaderField> headers, std::string_view name);

}  // namespace signalbox::base
