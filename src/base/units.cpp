#include "base/units.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <ctime>
#include <limits>
#include <utility>

namespace signalbox::base {
namespace {

using std::chrono::microseconds;

template <class Number>
std::optional<Number> take_number(std::string_view& text) {
  Number number{};
  auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (ec != std::errc{} || end == text.data()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

struct DurationUnit {
  std::string_view name;
  std::int64_t us;
};
// Longest names first where one begins another.
constexpr std::array<DurationUnit, 7> kDurationUnits{{{"us", 1},
                                                      {"ms", 1'000},
                                                      {"s", 1'000'000},
                                                      {"m", 60'000'000},
                                                      {"h", 3'600'000'000},
                                                      {"d", 86'400'000'000},
                                                      {"w", 604'800'000'000}}};
constexpr std::int64_t kLongestUs = 100LL * 366 * 86'400'000'000;  // a century: no deadline arithmetic overflows

std::optional<int> take_digits(std::string_view& text, std::size_t count) {
  if (text.size() < count) return std::nullopt;
  int value = 0;
  for (char c : text.substr(0, count)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  text.remove_prefix(count);
  return value;
}

bool take(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
  if (text.empty()) return std::nullopt;
  std::int64_t total = 0;
  while (!text.empty()) {
    auto number = take_number<std::int64_t>(text);
    if (!number || *number < 0) return std::nullopt;
    const auto letters = text.substr(0, text.find_first_of("0123456789"));
    const DurationUnit* unit = nullptr;
    for (const auto& candidate : kDurationUnits)
      if (candidate.name == letters) unit = &candidate;
    if (!unit || *number > kLongestUs / unit->us) return std::nullopt;
    total += *number * unit->us;
    if (total > kLongestUs) return std::nullopt;
    text.remove_prefix(letters.size());
  }
  return std::chrono::duration_cast<Duration>(microseconds(total));
}

std::string format_duration(Duration duration) {
  auto us = std::chrono::duration_cast<microseconds>(duration).count();
  if (us <= 0) return "0s";
  std::string out;
  for (auto unit : {kDurationUnits[5], kDurationUnits[4], kDurationUnits[3], kDurationUnits[2], kDurationUnits[1],
                    kDurationUnits[0]}) {
    if (us >= unit.us) out += fmt::format("{}{}", us / unit.us, unit.name);
    us %= unit.us;
  }
  return out;
}

std::optional<Bytes> parse_bytes(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, std::uint64_t>, 10> units{{{"", 1},
                                                                              {"B", 1},
                                                                              {"KiB", 1ULL << 10},
                                                                              {"MiB", 1ULL << 20},
                                                                              {"GiB", 1ULL << 30},
                                                                              {"TiB", 1ULL << 40},
                                                                              {"kB", 1'000},
                                                                              {"MB", 1'000'000},
                                                                              {"GB", 1'000'000'000},
                                                                              {"TB", 1'000'000'000'000}}};
  auto number = take_number<std::uint64_t>(text);
  if (!number) return std::nullopt;
  for (const auto& [name, factor] : units) {
    if (name != text) continue;
    if (*number > std::numeric_limits<std::uint64_t>::max() / factor) return std::nullopt;
    return Bytes{*number * factor};
  }
  return std::nullopt;
}

std::string format_bytes(std::uint64_t bytes) {
  constexpr std::array<std::pair<const char*, std::uint64_t>, 4> units{
      {{"TiB", 1ULL << 40}, {"GiB", 1ULL << 30}, {"MiB", 1ULL << 20}, {"KiB", 1ULL << 10}}};
  for (const auto& [name, factor] : units)
    if (bytes >= factor) {
      return bytes % factor == 0 ? fmt::format("{}{}", bytes / factor, name)
                                 : fmt::format("{:.1f}{}", static_cast<double>(bytes) / static_cast<double>(factor), name);
    }
  return fmt::format("{}B", bytes);
}

std::optional<Rate> parse_rate(std::string_view text) {
  auto number = take_number<double>(text);
  if (!number || !std::isfinite(*number) || *number <= 0) return std::nullopt;
  if (text.empty() || text == "/s") return Rate{*number};
  if (text == "/m") return Rate{*number / 60};
  if (text == "/h") return Rate{*number / 3600};
  return std::nullopt;
}

std::string format_time(WallTime time) {
  const auto us = time.time_since_epoch().count();
  auto seconds = us / 1'000'000;
  auto fraction = us % 1'000'000;
  if (fraction < 0) fraction += 1'000'000, --seconds;
  const std::time_t t = seconds;
  std::tm parts{};
  gmtime_r(&t, &parts);
  auto out = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
                         parts.tm_hour, parts.tm_min, parts.tm_sec);
  if (fraction != 0) {
    out += fmt::format(".{:06}", fraction);
    while (out.back() == '0') out.pop_back();
  }
  return out + 'Z';
}

std::optional<WallTime> parse_time(std::string_view text) {
  using namespace std::chrono;
  auto y = take_digits(text, 4);
  if (!y || !take(text, "-")) return std::nullopt;
  auto mo = take_digits(text, 2);
  if (!mo || !take(text, "-")) return std::nullopt;
  auto d = take_digits(text, 2);
  if (!d || !take(text, "Tt ")) return std::nullopt;
  auto h = take_digits(text, 2);
  if (!h || !take(text, ":")) return std::nullopt;
  auto mi = take_digits(text, 2);
  if (!mi || !take(text, ":")) return std::nullopt;
  auto s = take_digits(text, 2);
  if (!s || *h > 23 || *mi > 59 || *s > 60) return std::nullopt;
  const year_month_day date{year(*y), month(static_cast<unsigned>(*mo)), day(static_cast<unsigned>(*d))};
  if (!date.ok()) return std::nullopt;

  std::int64_t fraction = 0;
  if (take(text, ".")) {
    std::int64_t scale = 100'000;
    std::size_t digits = 0;
    for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits, scale /= 10)
      fraction += (text[digits] - '0') * scale;
    if (digits == 0) return std::nullopt;
    text.remove_prefix(digits);
  }
  minutes offset{0};
  if (!take(text, "Zz")) {
    if (text.empty() || (text.front() != '+' && text.front() != '-')) return std::nullopt;
    const bool west = text.front() == '-';
    text.remove_prefix(1);
    auto oh = take_digits(text, 2);
    if (!oh || !take(text, ":")) return std::nullopt;
    auto om = take_digits(text, 2);
    if (!om || *oh > 23 || *om > 59) return std::nullopt;
    offset = minutes(*oh * 60 + *om);
    if (west) offset = -offset;
  }
  if (!text.empty()) return std::nullopt;
  const auto since = sys_days(date).time_since_epoch() + hours(*h) + minutes(*mi) + seconds(std::min(*s, 59)) - offset;
  return WallTime(duration_cast<microseconds>(since) + microseconds(fraction));
}

}  // namespace signalbox::base
