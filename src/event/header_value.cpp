#include "event/header_value.hpp"

#include <array>

#include "base/words.hpp"
#include "event/characters.hpp"

namespace signalbox::event {
namespace {

constexpr std::array<bool, 256> make_literal() {
  std::array<bool, 256> literal{};
  for (unsigned c = 0x21; c <= 0x7E; ++c) literal[c] = c != '"' && c != '%';
  return literal;
}
constexpr auto kLiteral = make_literal();

/// Whether all eight bytes of `word` are.
bool all_literal(std::uint64_t word) {
  const auto encoded =
      base::bytes_that_are(' ', word) | base::bytes_that_are('"', word) | base::bytes_that_are('%', word);
  return encoded == 0 && base::all_printable(word);
}

Error fault(const char* what) { return Error(Errc::invalid_argument, what); }

/// The content of the quoted-string (RFC 9110 section 5.6.4) that `value` must be as a whole.
Result<std::string> unquote(std::string_view value) {
  std::string out;
  for (std::size_t i = 1; i < value.size(); ++i) {
    if (value[i] == '"')
      return i + 1 == value.size() ? Result<std::string>(std::move(out))
                                   : fault("something follows the closing quote");
    if (value[i] == '\\' && ++i == value.size()) break;
    out += value[i];
  }
  return fault("begins with a double quote that is not closed");
}

}  // namespace

bool is_encoded_header_value(std::string_view value) {
  return value.starts_with('"') || value.find('%') != std::string_view::npos;
}

Result<std::string> decode_header_value(std::string_view value) {
  auto text = value.starts_with('"') ? unquote(value) : Result<std::string>(std::string(value));
  if (!text) return text;
  std::string out;
  for (std::size_t i = 0; i < text->size(); ++i) {
    const char c = (*text)[i];
    if (c != '%') {
      out += c;
      continue;
    }
    if (text->size() - i < 3 || hex_value((*text)[i + 1]) < 0 || hex_value((*text)[i + 2]) < 0)
      return fault("'%' without two hexadecimal digits (a percent sign itself is written %25)");
    out += static_cast<char>(hex_value((*text)[i + 1]) << 4 | hex_value((*text)[i + 2]));
    i += 2;
  }
  return out;
}

void append_header_value(std::string& out, std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  const char* run = text.data();
  const char* const end = run + text.size();
  for (const char* p = run;; ++p) {
    while (end - p >= 8 && all_literal(base::load_word<std::uint64_t>(p))) p += 8;
    while (p != end && kLiteral[static_cast<unsigned char>(*p)]) ++p;
    if (p == end) break;
    const auto byte = static_cast<unsigned char>(*p);
    out.append(run, p);
    out += '%';
    out += digits[byte >> 4];
    out += digits[byte & 15];
    run = p + 1;
  }
  out.append(run, end);
}

}  // namespace signalbox::event
