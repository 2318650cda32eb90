#include "pipeline/condition_encoder.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <utility>

#include "pipeline/filter_input.hpp"
#include "pipeline/wildcard.hpp"

namespace signalbox::pipeline {
namespace {

using Op = Condition::Op;

std::string_view bytes_of(const IpAddress& address) {
  return {reinterpret_cast<const char*>(address.bytes.data()), address.size};
}

std::uint32_t to_v4(const IpAddress& address) {
  const auto& bytes = address.bytes;
  return std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 | std::uint32_t{bytes[2]} << 8 |
         bytes[3];
}

ConditionCode kind_code(std::uint8_t kinds) { return {ConditionOp::kind, 0, kinds, 0}; }

bool is_one_number(const NumericRange& range) {
  return range.bottom && range.top && *range.bottom == *range.top;
}

}  // namespace

/// The conditions of one test.
struct ConditionEncoder::Groups {
  TestCode test;
  std::vector<ConditionCode> strings, numbers, addresses, others;

  void add(const ConditionCode& code) {
    switch (code.op) {
      case ConditionOp::kind:
        test.kinds = static_cast<std::uint8_t>(test.kinds | code.a);
        break;
      case ConditionOp::string:
        strings.push_back(code);
        break;
      case ConditionOp::number:
        numbers.push_back(code);
        break;
      case ConditionOp::address:
        addresses.push_back(code);
        break;
      default:
        others.push_back(code);
        if (code.op >= kFirstSlowOp) test.is_slow = true;
        if (is_set(code.op)) test.has_sets = true;
    }
  }
};

std::uint32_t ConditionEncoder::test(const std::vector<Condition>& conditions, std::uint16_t number) {
  Groups groups;
  for (const auto& condition : conditions) add(groups, condition);
  // The texts and addresses can be read where they are.
  const auto* texts = texts_.data();
  const auto text_of = [texts](const ConditionCode& c) { return std::string_view(texts + c.a, c.b); };
  const auto address_of = [texts](const ConditionCode& c) {
    const auto address = std::string_view(texts + (c.flags & kIsV6 ? c.a : 0), c.flags & kIsV6 ? 16 : 0);
    return std::pair(address, c.flags & kIsV6 ? 0u : c.a);
  };
  auto& [test, strings, numbers, addresses, others] = groups;
  std::sort(strings.begin(), strings.end(),
            [&](const auto& a, const auto& b) { return text_of(a) < text_of(b); });
  std::sort(numbers.begin(), numbers.end(),
            [](const auto& a, const auto& b) { return PatternCode::number(a) < PatternCode::number(b); });
  std::sort(addresses.begin(), addresses.end(),
            [&](const auto& a, const auto& b) { return address_of(a) < address_of(b); });
  std::stable_sort(others.begin(), others.end(), [](const auto& a, const auto& b) { return a.op < b.op; });
  test.number = number;
  test.strings = static_cast<std::uint16_t>(strings.size());
  test.numbers = static_cast<std::uint16_t>(numbers.size());
  test.addresses = static_cast<std::uint16_t>(addresses.size());
  test.others = static_cast<std::uint16_t>(others.size());
  const auto offset = append_record(records_, test);
  for (const auto* group : {&strings, &numbers, &addresses, &others})
    for (const auto& code : *group) append_record(records_, code);
  return offset;
}

void ConditionEncoder::add(Groups& groups, const Condition& condition) {
  if (condition.op == Op::absent) {
    groups.test.accepts_absence = true;
  } else if (condition.op == Op::numeric) {
    for (const auto& range : condition.ranges) groups.add(encode_range(range));
  } else {
    groups.add(encode(condition));
  }
}

ConditionCode ConditionEncoder::encode(const Condition& condition) {
  switch (condition.op) {
    case Op::exact_string: {
      const auto address = condition.literal ? std::nullopt : parse_ip_address(condition.text);
      return address ? encode_address(*address) : encode_text(ConditionOp::string, condition.text);
    }
    case Op::exact_number:
      return condition.number ? encode_number(*condition.number)
                              : encode_text(ConditionOp::number_text, condition.text);
    case Op::exact_true:
      return kind_code(kind_bit(Leaf::Kind::true_value));
    case Op::exact_false:
      return kind_code(kind_bit(Leaf::Kind::false_value));
    case Op::exact_null:
      return kind_code(kind_bit(Leaf::Kind::null_value));
    case Op::prefix:
      return encode_text(ConditionOp::prefix, condition.text);
    case Op::suffix:
      return encode_text(ConditionOp::suffix, condition.text);
    case Op::equals_ignore_case:
    case Op::prefix_ignore_case:
    case Op::suffix_ignore_case:
      return encode_ignore_case(condition);
    case Op::wildcard:
      return encode_wildcard(condition.text);
    case Op::regex:
      extras_.regexes.push_back(condition.regex);
      return {ConditionOp::regex, 0, static_cast<std::uint32_t>(extras_.regexes.size() - 1), 0};
    case Op::numeric:
      if (condition.ranges.size() == 1) return encode_range(condition.ranges.front());
      return {ConditionOp::any_of, 0, test({condition}, 0), 0};
    case Op::cidr:
      return encode_network(condition.network);
    case Op::anything_but:
      return {ConditionOp::none_of, 0, test(condition.parts, 0), 0};
    case Op::all_of:
      return encode_parts(ConditionOp::all_of, condition.parts);
    case Op::exists:
      return kind_code(kAnyKind);
    case Op::contains_all:
      return encode_parts(ConditionOp::contains_all, condition.parts);
    case Op::equals_set:
      return encode_parts(ConditionOp::equals_set, condition.parts);
    case Op::absent:
      break;
  }
  assert(false && "the parser lets absence stand alone");
  return {};
}

std::uint32_t ConditionEncoder::append_text(std::string_view bytes) {
  const auto place = static_cast<std::uint32_t>(texts_.size());
  texts_ += bytes;
  return place;
}

ConditionCode ConditionEncoder::encode_text(ConditionOp op, std::string_view text) {
  return {op, 0, append_text(text), static_cast<std::uint32_t>(text.size())};
}

ConditionCode ConditionEncoder::encode_number(double number) const {
  const auto bits = std::bit_cast<std::uint64_t>(number == 0 ? 0.0 : number);
  return {ConditionOp::number, 0, static_cast<std::uint32_t>(bits), static_cast<std::uint32_t>(bits >> 32)};
}

ConditionCode ConditionEncoder::encode_address(const IpAddress& address) {
  if (address.size == 4) return {ConditionOp::address, 0, to_v4(address), 0};
  return {ConditionOp::address, kIsV6, append_text(bytes_of(address)), 0};
}

ConditionCode ConditionEncoder::encode_network(const IpRange& network) {
  if (network.first.size == 4) return {ConditionOp::network, 0, to_v4(network.first), to_v4(network.last)};
  const auto place = append_text(bytes_of(network.first));
  append_text(bytes_of(network.last));
  return {ConditionOp::network, kIsV6, place, 0};
}

ConditionCode ConditionEncoder::encode_range(const NumericRange& range) {
  if (is_one_number(range)) return encode_number(*range.bottom);
  const double bounds[2] = {range.bottom.value_or(0), range.top.value_or(0)};
  unsigned flags = range.bottom_included ? kBottomIncluded : 0;
  if (range.top_included) flags |= kTopIncluded;
  if (!range.bottom) flags |= kNoBottom;
  if (!range.top) flags |= kNoTop;
  const auto place = append_text({reinterpret_cast<const char*>(bounds), sizeof bounds});
  return {ConditionOp::range, static_cast<std::uint8_t>(flags), place, 0};
}

ConditionCode ConditionEncoder::encode_wildcard(std::string_view text) {
  const auto wildcard = Wildcard::parse(text);
  assert(wildcard && "the parser has checked it");
  const auto pieces = wildcard->pieces();
  if (pieces.size() == 1) return encode_text(ConditionOp::string, pieces.front());
  return {ConditionOp::wildcard, 0, append_text(wildcard->packed()), 0};
}

ConditionCode ConditionEncoder::encode_ignore_case(const Condition& condition) {
  const bool prefix = condition.op == Op::prefix_ignore_case, suffix = condition.op == Op::suffix_ignore_case;
  if (is_ascii(condition.text))
    return encode_text(prefix   ? ConditionOp::prefix_folded
                       : suffix ? ConditionOp::suffix_folded
                                : ConditionOp::equals_folded,
                       to_ascii_lower(condition.text));
  extras_.texts.emplace_back(condition.text, reading_ == PatternReading::strict
                                                 ? IgnoreCaseText::Reading::signalbox
                                                 : IgnoreCaseText::Reading::event_ruler);
  return {prefix   ? ConditionOp::prefix_ignore_case
          : suffix ? ConditionOp::suffix_ignore_case
                   : ConditionOp::equals_ignore_case,
          0, static_cast<std::uint32_t>(extras_.texts.size() - 1), 0};
}

ConditionCode ConditionEncoder::encode_parts(ConditionOp op, const std::vector<Condition>& parts) {
  std::vector<ConditionCode> codes;
  for (const auto& part : parts) codes.push_back(encode(part));
  const auto offset = static_cast<std::uint32_t>(records_.size());
  // What costs least is asked first.
  std::stable_sort(codes.begin(), codes.end(), [](const auto& a, const auto& b) { return a.op < b.op; });
  for (const auto& code : codes) append_record(records_, code);
  return {op, 0, offset, static_cast<std::uint32_t>(codes.size())};
}

}  // namespace signalbox::pipeline
