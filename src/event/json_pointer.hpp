#pragma once
#include <string>
#include <string_view>

namespace signalbox::event {

/// Appends one reference token to a JSON Pointer (RFC 6901 section 3).
inline void append_pointer_token(std::string& pointer, std::string_view token) {
  pointer += '/';
  for (const char c : token) {
    if (c == '~')
      pointer += "~0";
    else if (c == '/')
      pointer += "~1";
    else
      pointer += c;
  }
}

}  // namespace signalbox::event
