#include "pipeline/split.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <optional>

#include "event/characters.hpp"

namespace signalbox::pipeline {
namespace {

constexpr std::uint32_t kOnePercent = Share::kWhole / 100;
constexpr std::size_t kDecimalsMost = 4;

using event::is_digit;

/// "37.25%" as a point.
std::optional<std::uint32_t> parse_percent(std::string_view text) {
  if (text.empty() || text.back() != '%') return std::nullopt;
  text.remove_suffix(1);
  const auto dot = std::min(text.find('.'), text.size());
  const auto whole = text.substr(0, dot);
  const auto decimals = dot < text.size() ? text.substr(dot + 1) : std::string_view("0");
  if (whole.empty() || whole.size() > 3 || decimals.empty() || decimals.size() > kDecimalsMost)
    return std::nullopt;
  std::uint32_t percents = 0, parts = 0, unit = kOnePercent;
  for (const char c : whole) {
    if (!is_digit(c)) return std::nullopt;
    percents = percents * 10 + static_cast<std::uint32_t>(c - '0');
  }
  for (const char c : decimals) {
    if (!is_digit(c)) return std::nullopt;
    unit /= 10;
    parts += unit * static_cast<std::uint32_t>(c - '0');
  }
  const auto point = percents * kOnePercent + parts;
  return point <= Share::kWhole ? std::optional(point) : std::nullopt;
}

}  // namespace

std::string percent_text(std::uint32_t point) {
  auto decimals = fmt::format(".{:04}", point % kOnePercent);
  while (decimals.back() == '0') decimals.pop_back();
  if (decimals == ".") decimals.clear();
  return fmt::format("{}{}%", point / kOnePercent, decimals);
}

std::string share_text(const Share& share) { return percent_text(share.from) + "-" + percent_text(share.to); }

Result<Share> parse_share(std::string_view text) {
  const auto dash = text.find('-');
  const auto from =
      dash == std::string_view::npos ? std::optional(std::uint32_t{0}) : parse_percent(text.substr(0, dash));
  const auto to = parse_percent(dash == std::string_view::npos ? text : text.substr(dash + 1));
  if (!from || !to)
    return Error(Errc::invalid_argument,
                 "expected a share such as 10% or 10%-30%, with at most four decimals");
  if (*from >= *to) return Error(Errc::invalid_argument, "the share is empty: no event would be in it");
  return Share{*from, *to};
}

std::uint32_t Split::point_of(const Event& event) const {
  auto key = key_.of(event);
  if (!key) {
    key.emplace(event.source());
    key->push_back('\0');
    key->append(event.id());
  }
  const auto seed = salt_.empty() ? 0 : XXH3_64bits(salt_.data(), salt_.size());
  const auto hash = XXH3_64bits_withSeed(key->data(), key->size(), seed);
  return static_cast<std::uint32_t>((hash >> 32) * Share::kWhole >> 32);
}

}  // namespace signalbox::pipeline
