#include "pipeline/pattern_shape.hpp"

#include <algorithm>
#include <optional>

#include "pipeline/filter_input.hpp"
#include "pipeline/wildcard.hpp"

namespace signalbox::pipeline {
namespace {

using Conditions = std::span<const ConditionCode>;

/// Probes of which one finds a value; none: any value will do.
using Probes = std::vector<Probe>;

Probes prefix(std::string_view text) { return text.empty() ? Probes{} : Probes{Probe::prefix(text)}; }
Probes suffix(std::string_view text) { return text.empty() ? Probes{} : Probes{Probe::suffix(text)}; }

bool has_letters(std::string_view ascii) {
  return std::any_of(ascii.begin(), ascii.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

/// How much a probe leaves out: of several that must all find something, the best is looked for.
int selectivity(const Probe& probe) {
  constexpr std::size_t kLong = 4, kCounted = 100;
  const auto size = static_cast<int>(std::min(probe.text.size(), kCounted));
  switch (probe.kind) {
    case Probe::Kind::equal:
    case Probe::Kind::address:
      return 1000;
    case Probe::Kind::folded:
      return 900;
    case Probe::Kind::prefix:
    case Probe::Kind::suffix:
      return probe.text.size() < kLong ? 250 + size : 500 + size;
    case Probe::Kind::network:
      return 400;
    case Probe::Kind::range:
      return 300;
    case Probe::Kind::infix:
      break;
  }
  return 100 + size;
}

int selectivity(const Probes& probes) {
  int least = probes.empty() ? 0 : 1000;
  for (const auto& probe : probes) least = std::min(least, selectivity(probe));
  return least;
}

class ShapeReader {
 public:
  explicit ShapeReader(const PatternCode& code) : code_(code) {}

  FilterShape read() const {
    FilterShape shape;
    shape.fields = code_.paths();
    for (const auto& way : code_.ways()) {
      auto& requirements = shape.alternatives.emplace_back();
      for (const auto& term : code_.terms(way)) {
        const auto& test = code_.test(term.test);
        if (!test.accepts_absence) requirements.push_back({term.field, any_of(test)});
      }
    }
    return shape;
  }

 private:
  Probes any_of(const TestCode& test) const {
    const TestView view(test);
    Probes all;
    for (const auto group : {view.strings, view.numbers, view.addresses, view.others})
      for (const auto& condition : group) {
        auto probes = probes_of(condition);
        if (probes.empty()) return {};
        std::move(probes.begin(), probes.end(), std::back_inserter(all));
      }
    if (test.kinds == 0) return all;
    const auto kinds = kind_probes(test.kinds);
    if (kinds.empty()) return {};
    all.insert(all.end(), kinds.begin(), kinds.end());
    return all;
  }

  static Probes kind_probes(std::uint32_t kinds) {
    if (kinds == kAnyKind) return {};
    Probes probes;
    if (kinds & kind_bit(Leaf::Kind::true_value)) probes.push_back(Probe::equal(true_key()));
    if (kinds & kind_bit(Leaf::Kind::false_value)) probes.push_back(Probe::equal(false_key()));
    if (kinds & kind_bit(Leaf::Kind::null_value)) probes.push_back(Probe::equal(null_key()));
    return probes;
  }

  Probes probes_of(const ConditionCode& condition) const {
    switch (condition.op) {
      case ConditionOp::kind:
        return kind_probes(condition.a);
      case ConditionOp::string:
        return {Probe::equal(string_key(code_.text(condition)))};
      case ConditionOp::number:
        return {Probe::equal(number_key(PatternCode::number(condition)))};
      case ConditionOp::address:
        return {Probe::address(ip_address_key(code_.address(condition)))};
      case ConditionOp::number_text:
        return {Probe::equal(number_text_key(code_.text(condition)))};
      case ConditionOp::prefix:
        return prefix(code_.text(condition));
      case ConditionOp::suffix:
        return suffix(code_.text(condition));
      case ConditionOp::equals_folded:
        return {Probe::folded(folded_text_key(code_.text(condition)))};
      case ConditionOp::prefix_folded:
        return has_letters(code_.text(condition)) ? Probes{} : prefix(code_.text(condition));
      case ConditionOp::suffix_folded:
        return has_letters(code_.text(condition)) ? Probes{} : suffix(code_.text(condition));
      case ConditionOp::range:
        return {Probe(code_.range(condition))};
      case ConditionOp::network:
        return {Probe(code_.network(condition))};
      case ConditionOp::wildcard:
        return wildcard(Wildcard::pieces(code_.place(condition.a)));
      case ConditionOp::any_of:
        return any_of(code_.test(condition.a));
      case ConditionOp::regex:
        return prefix(code_.regex(condition).literal_prefix());
      case ConditionOp::all_of:
      case ConditionOp::contains_all:
      case ConditionOp::equals_set:
        return best_of(code_.conditions(condition.a, condition.b));
      case ConditionOp::equals_ignore_case:
      case ConditionOp::prefix_ignore_case:
      case ConditionOp::suffix_ignore_case:
      case ConditionOp::none_of:
        break;
    }
    return {};
  }

  /// Each of the conditions accepts some value.
  Probes best_of(Conditions conditions) const {
    Probes best;
    for (const auto& condition : conditions) {
      auto probes = probes_of(condition);
      if (selectivity(probes) > selectivity(best)) best = std::move(probes);
    }
    return best;
  }

  /// At least two pieces.
  static Probes wildcard(const std::vector<std::string>& pieces) {
    constexpr std::size_t kFarLonger = 4;
    const auto &head = pieces.front(), &tail = pieces.back();
    const auto longer = [](const auto& a, const auto& b) { return a.size() < b.size(); };
    const auto& outer = head.size() >= tail.size() ? head : tail;
    const auto inner = std::max_element(pieces.begin() + 1, pieces.end() - 1, longer);
    if (inner != pieces.end() - 1 && inner->size() > outer.size() * kFarLonger) return {Probe::infix(*inner)};
    return &outer == &head ? prefix(head) : suffix(tail);
  }

  const PatternCode& code_;
};

}  // namespace

FilterShape shape_of(const PatternCode& code) { return ShapeReader(code).read(); }

}  // namespace signalbox::pipeline
