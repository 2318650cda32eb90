#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace signalbox::base {

/// Replaces each %HH by its byte (RFC 3986, section 2.1); nullopt when a '%' is not followed by two hex
/// digits.
/// '+' stays '+'.  The result may hold any byte, NUL included.
std::optional<std::string> percent_decode(std::string_view text);

/// `text` as one segment of a path: all but unreserved characters (letters, digits, "-._~") becomes %HH, so
/// '/' too.
std::string percent_encode_path_segment(std::string_view text);

}  // namespace signalbox::base
