#pragma once
#include <cstddef>
#include <string_view>

namespace signalbox::base {

// Header fields that a configuration adds to the requests Signalbox makes.

inline constexpr std::size_t kFieldValueBytesMax = 4096;

/// Whether `text` can name a header field (RFC 9110 section 5.1), at most 256 bytes.
bool is_field_name(std::string_view text);

/// Visible ASCII with spaces or tabs inside, at most kFieldValueBytesMax: what every server reads alike (RFC
/// 9110 section 5.5).
bool is_field_value(std::string_view text);

/// Why no configuration may add a header field of this name, "" when it may: it is no name, it belongs to the
/// connection or frames the message, or Signalbox sets it itself.
std::string_view outgoing_header_fault(std::string_view name);

}  // namespace signalbox::base
