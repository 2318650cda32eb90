#include "loadtest/event_token.hpp"

#include <cassert>
#include <charconv>
#include <cstring>
#include <system_error>

namespace signalbox::loadtest {
namespace {

constexpr std::string_view kPrefix = "sb-";
constexpr std::size_t kRunDigits = 8, kSequenceDigits = 12, kTimeDigits = 20;
constexpr std::size_t kSequenceAt = kPrefix.size() + kRunDigits + 1;
constexpr std::size_t kTimeAt = kSequenceAt + kSequenceDigits + 1;

void write_hex(char* out, std::uint32_t value, std::size_t digits) {
  for (std::size_t i = digits; i > 0; value >>= 4) out[--i] = "0123456789abcdef"[value & 15];
}

template <class Number>
bool read_number(std::string_view digits, int base, Number& value) {
  const auto* end = digits.data() + digits.size();
  const auto [stopped, error] = std::from_chars(digits.data(), end, value, base);
  return error == std::errc() && stopped == end;
}

}  // namespace

void write_decimal(char* out, std::uint64_t value, std::size_t digits) {
  for (std::size_t i = digits; i > 0; value /= 10) out[--i] = static_cast<char>('0' + value % 10);
}

void EventToken::write(char* out) const {
  assert(sequence <= kMaxSequence);
  std::memcpy(out, kPrefix.data(), kPrefix.size());
  write_hex(out + kPrefix.size(), run, kRunDigits);
  out[kSequenceAt - 1] = '-';
  write_decimal(out + kSequenceAt, sequence, kSequenceDigits);
  out[kTimeAt - 1] = '-';
  write_decimal(out + kTimeAt, due_ns, kTimeDigits);
}

std::string EventToken::text() const {
  std::string text(kLength, '0');
  write(text.data());
  return text;
}

std::optional<EventToken> EventToken::parse(std::string_view text) {
  if (text.size() != kLength || !text.starts_with(kPrefix)) return std::nullopt;
  if (text[kSequenceAt - 1] != '-' || text[kTimeAt - 1] != '-') return std::nullopt;
  EventToken token;
  if (!read_number(text.substr(kPrefix.size(), kRunDigits), 16, token.run)) return std::nullopt;
  if (!read_number(text.substr(kSequenceAt, kSequenceDigits), 10, token.sequence)) return std::nullopt;
  if (!read_number(text.substr(kTimeAt, kTimeDigits), 10, token.due_ns)) return std::nullopt;
  return token;
}

std::optional<EventToken> TokenScanner::next() {
  for (auto at = rest_.find(kPrefix); at != std::string_view::npos; at = rest_.find(kPrefix, at + 1)) {
    if (auto token = EventToken::parse(rest_.substr(at, EventToken::kLength))) {
      rest_.remove_prefix(at + EventToken::kLength);
      return token;
    }
  }
  rest_ = {};
  return std::nullopt;
}

}  // namespace signalbox::loadtest
