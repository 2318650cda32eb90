#include "pipeline/pattern_code.hpp"

#include <bit>
#include <cstring>

namespace signalbox::pipeline {
namespace {

IpAddress to_v4(std::uint32_t value) {
  IpAddress address{4, {}};
  for (std::size_t i = 0; i < 4; ++i) address.bytes[i] = static_cast<std::uint8_t>(value >> (24 - 8 * i));
  return address;
}

IpAddress to_v6(const char* bytes) {
  IpAddress address{16, {}};
  std::memcpy(address.bytes.data(), bytes, 16);
  return address;
}

}  // namespace

double PatternCode::number(const ConditionCode& condition) {
  return std::bit_cast<double>(std::uint64_t{condition.b} << 32 | condition.a);
}

IpAddress PatternCode::address(const ConditionCode& condition) const {
  return condition.flags & kIsV6 ? to_v6(place(condition.a)) : to_v4(condition.a);
}

IpRange PatternCode::network(const ConditionCode& condition) const {
  if (!(condition.flags & kIsV6)) return {to_v4(condition.a), to_v4(condition.b)};
  return {to_v6(place(condition.a)), to_v6(place(condition.a) + 16)};
}

NumericRange PatternCode::range(const ConditionCode& condition) const {
  double bounds[2];
  std::memcpy(bounds, place(condition.a), sizeof bounds);
  NumericRange range;
  if (!(condition.flags & kNoBottom)) range.bottom = bounds[0];
  if (!(condition.flags & kNoTop)) range.top = bounds[1];
  range.bottom_included = (condition.flags & kBottomIncluded) != 0;
  range.top_included = (condition.flags & kTopIncluded) != 0;
  return range;
}

std::vector<std::string> PatternCode::paths() const {
  std::vector<std::string> paths;
  const auto* at = reinterpret_cast<const char*>(bytes_ + header().paths);
  for (std::size_t i = 0; i < header().field_count; ++i) {
    std::uint32_t size;
    std::memcpy(&size, at, sizeof size);
    paths.emplace_back(at + sizeof size, size);
    at += sizeof size + size;
  }
  return paths;
}

TestView::TestView(const TestCode& test) {
  const auto* next = reinterpret_cast<const ConditionCode*>(&test + 1);
  const auto take = [&next](std::uint16_t count) {
    const std::span<const ConditionCode> group(next, count);
    next += count;
    return group;
  };
  strings = take(test.strings);
  numbers = take(test.numbers);
  addresses = take(test.addresses);
  others = take(test.others);
}

}  // namespace signalbox::pipeline
