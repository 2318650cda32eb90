#include "connector/http/freshness.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "base/ascii_text.hpp"
#include "base/header_field.hpp"

namespace signalbox::connector::http {
namespace {

constexpr std::chrono::seconds kFreshMost = std::chrono::hours(24 * 365);
constexpr std::string_view kMaxAge = "max-age=";

std::optional<Duration> seconds_of(std::string_view digits) {
  if (digits.size() >= 2 && digits.front() == '"' && digits.back() == '"')
    digits = digits.substr(1, digits.size() - 2);
  if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  std::uint64_t count = 0;
  const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
  const auto longest = static_cast<std::uint64_t>(kFreshMost.count());
  if (ec != std::errc{} || count > longest) return kFreshMost;
  return std::chrono::seconds(count);
}

}  // namespace

std::optional<Duration> freshness(std::string_view cache_control) {
  std::optional<Duration> fresh;
  for (auto rest = cache_control; !rest.empty();) {
    const auto end = std::min(rest.find(','), rest.size());
    const auto directive = base::trim_blanks(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const auto name = directive.substr(0, directive.find('='));  // no-cache may name fields
    if (base::equals_ignoring_case(name, "no-store") || base::equals_ignoring_case(name, "no-cache"))
      return Duration::zero();
    if (base::equals_ignoring_case(directive.substr(0, kMaxAge.size()), kMaxAge))
      if (const auto age = seconds_of(directive.substr(kMaxAge.size())))
        fresh = std::min(fresh.value_or(*age), *age);
  }
  return fresh;
}

}  // namespace signalbox::connector::http
