#include "connector/http/retry_after.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

namespace signalbox::connector::http {
namespace {

using std::chrono::seconds;

constexpr seconds kRetryAfterMost = std::chrono::hours(24 * 7);

/// Takes words and numbers off the front of an HTTP date; spaces, commas, colons and dashes separate them.
class Words {
 public:
  explicit Words(std::string_view text) : rest_(text) {}

  std::string_view next() {
    const auto begin = rest_.find_first_not_of(" ,:-");
    if (begin == std::string_view::npos) return {};
    rest_.remove_prefix(begin);
    const auto word = rest_.substr(0, rest_.find_first_of(" ,:-"));
    rest_.remove_prefix(word.size());
    return word;
  }
  std::optional<unsigned> number(unsigned most) {
    const auto word = next();
    unsigned value = 0;
    const auto [end, ec] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (ec != std::errc{} || end != word.data() + word.size() || value > most) return std::nullopt;
    return value;
  }
  std::optional<unsigned> month() {
    constexpr std::array<std::string_view, 12> kNames{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto at = std::find(kNames.begin(), kNames.end(), next());
    if (at == kNames.end()) return std::nullopt;
    return static_cast<unsigned>(at - kNames.begin()) + 1;
  }
  bool time_of_day(seconds& time) {
    const auto h = number(23), m = number(59), s = number(60);
    if (!h || !m || !s) return false;
    time = std::chrono::hours(*h) + std::chrono::minutes(*m) + seconds(*s);
    return true;
  }

 private:
  std::string_view rest_;
};

// RFC 850 dates have two digits: those more than 50 years ahead are in the past (RFC 9110 section 5.6.7).
int full_year(unsigned year, std::string_view date, WallTime now) {
  const bool two_digits = date.find('-') != std::string_view::npos;
  if (!two_digits) return static_cast<int>(year);
  const std::chrono::year_month_day today(std::chrono::floor<std::chrono::days>(now));
  const int this_year = static_cast<int>(today.year());
  const int candidate = this_year - this_year % 100 + static_cast<int>(year);
  return candidate > this_year + 50 ? candidate - 100 : candidate;
}

// "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994".
std::optional<WallTime> parse_http_date(std::string_view date, WallTime now) {
  Words words(date);
  words.next();  // the day of the week says nothing new
  std::optional<unsigned> day, month, year;
  seconds time{};
  if (date.find(',') != std::string_view::npos) {
    day = words.number(31);
    month = words.month();
    year = words.number(9999);
    if (!words.time_of_day(time) || words.next() != "GMT") return std::nullopt;
  } else {
    month = words.month();
    day = words.number(31);
    if (!words.time_of_day(time)) return std::nullopt;
    year = words.number(9999);
  }
  if (!day || !month || !year) return std::nullopt;
  const auto whole = std::chrono::year(full_year(*year, date, now)) / static_cast<int>(*month) / static_cast<int>(*day);
  if (!whole.ok()) return std::nullopt;
  return WallTime(std::chrono::sys_days(whole)) + time;
}

}  // namespace

std::optional<Duration> parse_retry_after(std::string_view value, WallTime now) {
  if (value.empty()) return std::nullopt;
  if (value.find_first_not_of("0123456789") == std::string_view::npos) {
    std::uint64_t count = 0;
    const auto [end, ec] = std::from_chars(value.data(), value.data() + value.size(), count);
    const auto longest = static_cast<std::uint64_t>(kRetryAfterMost.count());
    if (ec != std::errc{} || count > longest) return kRetryAfterMost;
    return seconds(count);
  }
  const auto when = parse_http_date(value, now);
  if (!when) return std::nullopt;
  // Not as a Duration before it is bounded: its nanoseconds end in the year 2262.
  return std::clamp<WallTime::duration>(*when - now, WallTime::duration::zero(), kRetryAfterMost);
}

}  // namespace signalbox::connector::http
