#pragma once
#include <string_view>

namespace signalbox::schema {

/// A format that can be checked.
struct Format {
  std::string_view name;
  bool (*fits)(std::string_view text);
};

/// nullptr for a format that is not known or not checked: it then means nothing.
const Format* find_format(std::string_view name);

}  // namespace signalbox::schema
