#include "event/base64.hpp"

#include <array>
#include <cstdint>

namespace signalbox::event {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t kNone = 0xFF;

constexpr std::array<std::uint8_t, 256> make_values() {
  std::array<std::uint8_t, 256> values{};
  for (auto& value : values) value = kNone;
  for (std::size_t i = 0; i < kAlphabet.size(); ++i)
    values[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
  return values;
}
constexpr auto kValues = make_values();

std::uint32_t value_of(char c) { return kValues[static_cast<unsigned char>(c)]; }

std::size_t padding_of(std::string_view text) {
  return text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
}

}  // namespace

std::optional<std::size_t> base64_decoded_size(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  const auto padding = padding_of(text);
  std::uint32_t seen = 0;
  for (char c : text.substr(0, text.size() - padding)) seen |= value_of(c);
  if (seen > 63) return std::nullopt;
  if (padding != 0) {
    const auto unused = value_of(text[text.size() - padding - 1]) & (padding == 1 ? 3u : 15u);
    if (unused != 0) return std::nullopt;
  }
  return text.size() / 4 * 3 - padding;
}

void decode_base64(std::string_view text, char* out) {
  const auto padding = padding_of(text);
  const auto whole = text.size() - (padding == 0 ? 0 : 4);
  const auto put = [&out](std::uint32_t bits, int shift) {
    *out++ = static_cast<char>(bits >> shift & 0xFF);
  };
  for (std::size_t i = 0; i < whole; i += 4) {
    const auto bits = value_of(text[i]) << 18 | value_of(text[i + 1]) << 12 | value_of(text[i + 2]) << 6 |
                      value_of(text[i + 3]);
    put(bits, 16);
    put(bits, 8);
    put(bits, 0);
  }
  if (padding == 0) return;
  const auto bits = value_of(text[whole]) << 18 | value_of(text[whole + 1]) << 12 |
                    (padding == 1 ? value_of(text[whole + 2]) << 6 : 0);
  put(bits, 16);
  if (padding == 1) put(bits, 8);
}

void append_base64(std::string& out, std::string_view bytes) {
  const auto at = [&](std::size_t i) { return std::uint32_t{static_cast<unsigned char>(bytes[i])}; };
  auto size = out.size();
  out.resize(size + (bytes.size() + 2) / 3 * 4, '=');
  const auto put = [&](std::uint32_t bits, int shift) { out[size++] = kAlphabet[bits >> shift & 63]; };
  std::size_t i = 0;
  for (; bytes.size() - i >= 3; i += 3) {
    const auto bits = at(i) << 16 | at(i + 1) << 8 | at(i + 2);
    put(bits, 18);
    put(bits, 12);
    put(bits, 6);
    put(bits, 0);
  }
  if (i == bytes.size()) return;
  const bool two = bytes.size() - i == 2;
  const auto bits = at(i) << 16 | (two ? at(i + 1) << 8 : 0);
  put(bits, 18);
  put(bits, 12);
  if (two) put(bits, 6);
}

}  // namespace signalbox::event
