#pragma once
#include <array>
#include <string>
#include <string_view>

namespace signalbox::connector::http {

std::array<unsigned char, 32> sha256(std::string_view bytes);

/// Lower case.
std::string to_hex(const unsigned char* bytes, std::size_t size);

}  // namespace signalbox::connector::http
