#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace signalbox::event {

/// Base64 by RFC 4648 section 4, to the letter: the standard alphabet, padded, no line breaks, unused bits
/// zero.

/// The size of what `text` decodes to; nullopt when it is not Base64.
std::optional<std::size_t> base64_decoded_size(std::string_view text);

/// Writes base64_decoded_size(text) bytes to `out`.  REQUIRES: that is not nullopt.
void decode_base64(std::string_view text, char* out);

/// Appends the Base64 form of `bytes`.
void append_base64(std::string& out, std::string_view bytes);

}  // namespace signalbox::event
