#pragma once
#include <string>
#include <string_view>

#include "signalbox/error.hpp"

namespace signalbox::event {

/// Whether a ce- header's value differs from the attribute's: it has a '%' or is in double quotes.
bool is_encoded_header_value(std::string_view value);

/// The attribute's value by HTTP binding 1.0.2 section 3.1.3.2: a value in double quotes is unquoted first,
/// then percent-decoded once.  A double quote inside an unquoted value stands for itself, as older senders
/// wrote it. Errors: invalid_argument (what is wrong, without the header's name) for a quoted-string or an
/// escape cut short. Whether the result is UTF-8 is left to the caller.
Result<std::string> decode_header_value(std::string_view value);

/// Appends `text` percent-encoded by the same section: space, '"', '%' and all outside U+0021 to U+007E.
void append_header_value(std::string& out, std::string_view text);

}  // namespace signalbox::event
