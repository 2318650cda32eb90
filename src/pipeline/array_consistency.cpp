#include "pipeline/array_consistency.hpp"

#include <algorithm>
#include <limits>
#include <optional>

namespace signalbox::pipeline {
namespace {

constexpr std::uint32_t kNoElement = std::numeric_limits<std::uint32_t>::max();

class Search {
 public:
  explicit Search(PatternMatch& match)
      : match_(match), code_(match.code()), input_(match.input()), chosen_(match.chosen()) {
    chosen_.clear();
  }

  /// Whether the fields from `index` on can be matched with what is chosen so far.
  bool match_from(const WayCode& way, std::size_t index) {
    if (index == way.term_count) return negations_hold(way);
    const auto& term = code_.terms(way)[index];
    const auto leaves = match_.leaves(term);
    const auto test = match_.test(term);
    std::uint32_t failed = kNoElement;  // the choice that was tried last, in vain
    bool present = false;
    for (std::size_t at = 0; at < leaves.size();) {
      match_.work().spend(kStepsPerLeaf);
      if (match_.work().is_over()) return false;
      const Leaf& leaf = leaves[at];
      if (const auto next = end_of_conflict(leaf, term.scope)) {
        at = position(leaves, *next);
        continue;
      }
      present = true;
      if (!test.accepts_at(input_, leaves, at++)) continue;
      const auto choice = relevant_element(leaf.element, term.scope, way, index + 1);
      if (choice == failed) continue;
      const auto before = chosen_.size();
      choose(choice, term.scope);
      if (match_from(way, index + 1)) return true;
      chosen_.resize(before);
      failed = choice;
    }
    return !present && test.accepts_absence() && match_from(way, index + 1);
  }

 private:
  bool negations_hold(const WayCode& way) {
    const auto negations = code_.negations(way);
    const bool hold = std::none_of(negations.begin(), negations.end(),
                                   [this](std::uint16_t negation) { return any_matches(negation); });
    return hold && !match_.work().is_over();
  }

  /// Whether a way through the negation's object can be matched with what is chosen so far.
  bool any_matches(std::uint16_t negation) {
    const auto ways = code_.negated_ways(negation);
    const auto before = chosen_.size();
    return std::any_of(ways.begin(), ways.end(), [&](const WayCode& way) {
      const bool matched = match_.is_possible(way) && match_from(way, 0);
      chosen_.resize(before);
      return matched;
    });
  }

  static std::size_t position(std::span<const Leaf> leaves, std::uint32_t sequence) {
    const auto before = [](const Leaf& leaf, std::uint32_t s) { return leaf.sequence < s; };
    return static_cast<std::size_t>(std::lower_bound(leaves.begin(), leaves.end(), sequence, before) -
                                    leaves.begin());
  }

  /// The scope that chooses for `scope` among the elements of an array.
  std::uint16_t chooser(std::uint16_t scope, std::uint32_t array) const {
    const auto depth = input_.array(array).depth;
    while (scope != 0 && depth <= code_.scope(scope).depth) scope = code_.scope(scope).parent;
    return scope;
  }

  /// When the leaf lies in another element of an array of which one is chosen: the next leaf (by sequence)
  /// that may not.
  std::optional<std::uint32_t> end_of_conflict(const Leaf& leaf, std::uint16_t scope) const {
    if (chosen_.empty()) return std::nullopt;
    for (auto id = leaf.element; id != 0; id = input_.element(id).parent) {
      const auto& element = input_.element(id);
      const auto who = chooser(scope, element.array);
      for (const auto& other : chosen_) {
        if (other.scope != who) continue;
        if (other.element == id) return std::nullopt;  // then all around it are chosen too
        const auto& chosen = input_.element(other.element);
        if (chosen.array != element.array) continue;
        const auto& array = input_.array(element.array);
        if (array.has_scalars) return element.end_leaf;
        return leaf.sequence < chosen.first_leaf ? chosen.first_leaf : array.end_leaf;
      }
    }
    return std::nullopt;
  }

  /// The innermost element around that matters to what comes from `index` on; 0 when none does.
  std::uint32_t relevant_element(std::uint32_t id, std::uint16_t scope, const WayCode& way,
                                 std::size_t index) {
    while (id != 0 &&
           !matters(input_.element(id).array, chooser(scope, input_.element(id).array), way, index))
      id = input_.element(id).parent;
    return id;
  }

  /// Whether what `who` chooses of the array is looked at from `index` on.
  bool matters(std::uint32_t array, std::uint16_t who, const WayCode& way, std::size_t index) {
    const auto terms = code_.terms(way).subspan(index);
    match_.work().spend(terms.size());
    const bool here = std::any_of(terms.begin(), terms.end(), [&](const TermCode& term) {
      const auto leaves = match_.leaves(term);
      const auto& extent = input_.array(array);
      const auto at = position(leaves, extent.first_leaf);
      return at < leaves.size() && leaves[at].sequence < extent.end_leaf && chooser(term.scope, array) == who;
    });
    if (here) return true;
    const auto negations = code_.negations(way);
    return std::any_of(negations.begin(), negations.end(), [&](std::uint16_t negation) {
      const auto ways = code_.negated_ways(negation);
      return std::any_of(ways.begin(), ways.end(),
                         [&](const WayCode& negated) { return matters(array, who, negated, 0); });
    });
  }

  /// Chooses the element and all around it.
  void choose(std::uint32_t id, std::uint16_t scope) {
    for (; id != 0; id = input_.element(id).parent) {
      const auto who = chooser(scope, input_.element(id).array);
      const auto is_it = [&](const ChosenElement& c) { return c.element == id && c.scope == who; };
      if (std::any_of(chosen_.begin(), chosen_.end(), is_it)) return;  // and all around it
      chosen_.push_back({id, who});
    }
  }

  PatternMatch& match_;
  const PatternCode& code_;
  const FilterInput& input_;
  std::vector<ChosenElement>& chosen_;
};

}  // namespace

bool match_consistently(PatternMatch& match, const WayCode& way) { return Search(match).match_from(way, 0); }

}  // namespace signalbox::pipeline
