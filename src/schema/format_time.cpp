// Dates, times and durations by RFC 3339.
#include <algorithm>
#include <array>

#include "event/characters.hpp"
#include "schema/format_checks.hpp"

namespace signalbox::schema {
namespace {

constexpr std::size_t kDateSize = 10;

/// Takes what is expected off the front of a text; once something is not there, nothing is.
class Taker {
 public:
  explicit Taker(std::string_view text) : rest_(text) {}

  /// A number of exactly `digits` digits within bounds.
  int number(std::size_t digits, int least, int most) {
    int value = 0;
    good_ = good_ && rest_.size() >= digits;
    for (std::size_t i = 0; good_ && i < digits; ++i) {
      good_ = event::is_digit(rest_[i]);
      value = value * 10 + (rest_[i] - '0');
    }
    good_ = good_ && value >= least && value <= most;
    if (good_) rest_.remove_prefix(digits);
    return value;
  }

  void literal(char c) { good_ = good_ && take(c); }

  /// True, and takes it, when `c` comes next.
  bool take(char c) {
    if (!good_ || rest_.empty() || event::to_lower(rest_[0]) != event::to_lower(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  /// At least one digit.
  void digits() {
    const auto count = std::min(rest_.find_first_not_of("0123456789"), rest_.size());
    good_ = good_ && count > 0;
    rest_.remove_prefix(count);
  }

  bool done() const { return good_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool good_ = true;
};

int days_of(int month, int year) {
  constexpr std::array<int, 12> days{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return month == 2 && leap ? 29 : days[static_cast<std::size_t>(month - 1)];
}

/// Whether `text` is units in the order of `units`, each a number and its letter, with none left out between
/// two.
bool is_row_of(std::string_view text, std::string_view units) {
  auto at = std::string_view::npos;
  while (!text.empty()) {
    const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
    if (digits == 0 || digits == text.size()) return false;
    const auto unit = units.find(text[digits]);
    if (unit == std::string_view::npos || (at != std::string_view::npos && unit != at + 1)) return false;
    at = unit;
    text.remove_prefix(digits + 1);
  }
  return at != std::string_view::npos;
}

}  // namespace

bool is_date(std::string_view text) {
  Taker taker(text);
  const int year = taker.number(4, 0, 9999);
  taker.literal('-');
  const int month = taker.number(2, 1, 12);
  taker.literal('-');
  const int day = taker.number(2, 1, 31);
  return taker.done() && day <= days_of(month, year);
}

bool is_time(std::string_view text) {
  Taker taker(text);
  const int hour = taker.number(2, 0, 23);
  taker.literal(':');
  const int minute = taker.number(2, 0, 59);
  taker.literal(':');
  const int second = taker.number(2, 0, 60);
  if (taker.take('.')) taker.digits();
  int offset = 0;
  if (!taker.take('Z')) {
    const int sign = taker.take('-') ? -1 : 1;
    if (sign > 0) taker.literal('+');
    const int hours = taker.number(2, 0, 23);
    taker.literal(':');
    offset = sign * (hours * 60 + taker.number(2, 0, 59));
  }
  constexpr int kDay = 24 * 60;
  const int utc = (hour * 60 + minute - offset + kDay) % kDay;
  return taker.done() && (second < 60 || utc == kDay - 1);
}

bool is_date_time(std::string_view text) {
  return text.size() > kDateSize && event::to_lower(text[kDateSize]) == 't' &&
         is_date(text.substr(0, kDateSize)) && is_time(text.substr(kDateSize + 1));
}

bool is_duration(std::string_view text) {
  if (!text.starts_with('P')) return false;
  text.remove_prefix(1);
  if (text.ends_with('W')) return is_row_of(text, "W");
  const auto t = std::min(text.find('T'), text.size());
  const auto date = text.substr(0, t), time = text.substr(t);
  if (time.empty()) return is_row_of(date, "YMD");
  return (date.empty() || is_row_of(date, "YMD")) && is_row_of(time.substr(1), "HMS");
}

}  // namespace signalbox::schema
