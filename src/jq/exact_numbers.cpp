#include "jq/exact_numbers.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace signalbox::jq {
namespace {

constexpr std::size_t kDigitsMin = 16;  // of 2^53 = 9007199254740992

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_of_number(char c) { return is_digit(c) || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E'; }

/// Whether the text has so many digits in a row anywhere: looks at one character of 16, and closer where that
/// is a digit.
bool has_long_digits(std::string_view text) {
  for (std::size_t at = kDigitsMin - 1; at < text.size(); at += kDigitsMin) {
    if (!is_digit(text[at])) continue;
    auto first = at, last = at;
    while (first > 0 && is_digit(text[first - 1])) --first;
    while (last + 1 < text.size() && is_digit(text[last + 1])) ++last;
    if (last - first + 1 >= kDigitsMin) return true;
  }
  return false;
}

/// The end of the string that begins at `at`.
std::size_t end_of_string(std::string_view text, std::size_t at) {
  for (++at; at < text.size() && text[at] != '"'; ++at)
    if (text[at] == '\\') ++at;
  return std::min(at + 1, text.size());
}

/// Calls `visit(position, number)` for each number of a JSON text.
template <class Visit>
void for_each_number(std::string_view text, Visit visit) {
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '"') {
      at = end_of_string(text, at);
    } else if (text[at] == '-' || is_digit(text[at])) {
      const auto begin = at;
      while (at < text.size() && is_of_number(text[at])) ++at;
      visit(begin, text.substr(begin, at - begin));
    } else {
      ++at;
    }
  }
}

bool is_long_integer(std::string_view number) {
  if (number.front() == '-') number.remove_prefix(1);
  return number.size() >= kDigitsMin && std::all_of(number.begin(), number.end(), is_digit);
}

std::optional<double> to_double(std::string_view number) {
  double value = 0;
  const auto [end, fault] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (fault != std::errc() || end != number.data() + number.size()) return std::nullopt;
  return value;
}

}  // namespace

ExactNumbers::ExactNumbers(std::string_view json) {
  if (!has_long_digits(json)) return;
  for_each_number(json, [this](std::size_t, std::string_view number) {
    if (!is_long_integer(number)) return;
    if (const auto value = to_double(number)) numbers_.emplace_back(*value, number);
  });
  std::sort(numbers_.begin(), numbers_.end());
  numbers_.erase(std::unique(numbers_.begin(), numbers_.end()), numbers_.end());
  for (std::size_t i = 1; i < numbers_.size(); ++i)
    if (numbers_[i].first == numbers_[i - 1].first) numbers_[i].second = numbers_[i - 1].second = {};
  numbers_.erase(std::unique(numbers_.begin(), numbers_.end()), numbers_.end());
}

const ExactNumbers::Number* ExactNumbers::find(double value) const {
  const auto by_value = [](const Number& number, double wanted) { return number.first < wanted; };
  const auto found = std::lower_bound(numbers_.begin(), numbers_.end(), value, by_value);
  return found != numbers_.end() && found->first == value && !found->second.empty() ? &*found : nullptr;
}

std::string ExactNumbers::restore(std::string result) const {
  if (empty()) return result;
  std::string restored;
  std::size_t copied = 0;
  for_each_number(result, [&](std::size_t at, std::string_view number) {
    const auto value = to_double(number);
    const auto* exact = value ? find(*value) : nullptr;
    if (exact == nullptr) return;
    restored.append(result, copied, at - copied).append(exact->second);
    copied = at + number.size();
  });
  if (copied == 0) return result;
  return restored.append(result, copied);
}

}  // namespace signalbox::jq
