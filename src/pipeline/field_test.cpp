#include "pipeline/field_test.hpp"

#include <algorithm>
#include <cassert>

namespace signalbox::pipeline {
namespace {

using Op = Condition::Op;

template <class T, class U>
bool contains(const std::vector<T>& sorted, const U& value) {
  return std::binary_search(sorted.begin(), sorted.end(), value, std::less<>());
}

template <class T>
void sort_unique(std::vector<T>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

}  // namespace

FieldTest::FieldTest(const std::vector<Condition>& conditions, PatternReading reading) {
  for (const auto& condition : conditions) add(condition, reading);
  sort_unique(strings_);
  sort_unique(numbers_);
  sort_unique(number_texts_);
  sort_unique(addresses_);
}

void FieldTest::add(const Condition& condition, PatternReading reading) {
  const auto ignore_case = [&] {
    const auto forms = reading == PatternReading::strict ? IgnoreCaseText::Reading::signalbox
                                                         : IgnoreCaseText::Reading::event_ruler;
    others_.emplace_back(IgnoreCase{condition.op, IgnoreCaseText(condition.text, forms)});
  };
  switch (condition.op) {
    case Op::exact_string: {
      const auto address = condition.literal ? std::nullopt : parse_ip_address(condition.text);
      if (address)
        addresses_.push_back(*address);
      else
        strings_.push_back(condition.text);
      break;
    }
    case Op::exact_number:
      if (condition.number)
        numbers_.push_back(*condition.number == 0 ? 0.0 : *condition.number);
      else
        number_texts_.push_back(condition.text);
      break;
    case Op::exact_true:
      true_ = true;
      break;
    case Op::exact_false:
      false_ = true;
      break;
    case Op::exact_null:
      null_ = true;
      break;
    case Op::prefix:
      others_.emplace_back(Prefix{condition.text});
      break;
    case Op::suffix:
      others_.emplace_back(Suffix{condition.text});
      break;
    case Op::equals_ignore_case:
    case Op::prefix_ignore_case:
    case Op::suffix_ignore_case:
      ignore_case();
      break;
    case Op::wildcard: {
      auto wildcard = Wildcard::parse(condition.text);
      assert(wildcard && "the parser has checked it");
      others_.emplace_back(std::move(*wildcard));
      break;
    }
    case Op::numeric:
      others_.emplace_back(condition.range);
      break;
    case Op::cidr:
      others_.emplace_back(condition.network);
      break;
    case Op::anything_but:
      others_.emplace_back(Excluded{{FieldTest(condition.excluded, reading)}});
      break;
    case Op::exists:
      any_ = true;
      break;
    case Op::absent:
      absent_ = true;
      break;
  }
}

bool FieldTest::accepts(const Leaf& leaf) const {
  if (any_) return true;
  switch (leaf.kind) {
    case Leaf::Kind::string:
      if (accepts_string(leaf)) return true;
      break;
    case Leaf::Kind::number:
      if (leaf.comparable ? contains(numbers_, leaf.number == 0 ? 0.0 : leaf.number)
                          : contains(number_texts_, leaf.text))
        return true;
      break;
    case Leaf::Kind::true_value:
      if (true_) return true;
      break;
    case Leaf::Kind::false_value:
      if (false_) return true;
      break;
    case Leaf::Kind::null_value:
      if (null_) return true;
      break;
  }
  return std::any_of(others_.begin(), others_.end(),
                     [&](const Other& other) { return accepts_other(other, leaf); });
}

bool FieldTest::accepts_string(const Leaf& leaf) const {
  if (!strings_.empty() && contains(strings_, leaf.text)) return true;
  if (addresses_.empty()) return false;
  const auto address = parse_ip_address(leaf.text);
  return address && contains(addresses_, *address);
}

bool FieldTest::accepts_other(const Other& other, const Leaf& leaf) const {
  if (const auto* excluded = std::get_if<Excluded>(&other)) return !excluded->tests.front().accepts(leaf);
  if (const auto* range = std::get_if<NumericRange>(&other))
    return leaf.kind == Leaf::Kind::number && leaf.comparable && range->contains(leaf.number);
  if (leaf.kind != Leaf::Kind::string) return false;
  if (const auto* prefix = std::get_if<Prefix>(&other)) return leaf.text.starts_with(prefix->text);
  if (const auto* suffix = std::get_if<Suffix>(&other)) return leaf.text.ends_with(suffix->text);
  if (const auto* wildcard = std::get_if<Wildcard>(&other)) return wildcard->matches(leaf.text);
  if (const auto* network = std::get_if<IpRange>(&other)) {
    const auto address = parse_ip_address(leaf.text);
    return address && network->contains(*address);
  }
  const auto& ignore_case = std::get<IgnoreCase>(other);
  if (ignore_case.op == Op::prefix_ignore_case) return ignore_case.text.is_prefix_of(leaf.text);
  if (ignore_case.op == Op::suffix_ignore_case) return ignore_case.text.is_suffix_of(leaf.text);
  return ignore_case.text.equals(leaf.text);
}

std::optional<Requirement> FieldTest::requirement(std::size_t field) const {
  if (absent_) return std::nullopt;
  Requirement requirement{field};
  if (any_ || !others_.empty()) return requirement;
  auto& probes = requirement.probes;
  for (const auto& text : strings_) probes.push_back(Probe::equal(string_key(text)));
  for (const auto number : numbers_) probes.push_back(Probe::equal(number_key(number)));
  for (const auto& text : number_texts_) probes.push_back(Probe::equal(number_text_key(text)));
  for (const auto& address : addresses_) probes.push_back(Probe::address(ip_address_key(address)));
  if (true_) probes.push_back(Probe::equal(true_key()));
  if (false_) probes.push_back(Probe::equal(false_key()));
  if (null_) probes.push_back(Probe::equal(null_key()));
  return requirement;
}

}  // namespace signalbox::pipeline
