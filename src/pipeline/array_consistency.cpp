#include "pipeline/array_consistency.hpp"

#include <algorithm>
#include <cassert>
#include <limits>
#include <optional>
#include <vector>

namespace signalbox::pipeline {
namespace {

constexpr std::uint32_t kNoElement = std::numeric_limits<std::uint32_t>::max();

class Search {
 public:
  Search(const FilterInput& input, std::span<const FieldMatch> fields, std::vector<std::uint32_t>& chosen)
      : input_(input), fields_(fields), chosen_(chosen) {
    chosen_.clear();
  }

  /// Whether the fields from `index` on can be matched with what is chosen so far.
  bool match_from(std::size_t index) {
    if (index == fields_.size()) return true;
    const auto& field = fields_[index];
    std::uint32_t failed = kNoElement;  // the choice that was tried last, in vain
    bool present = false;
    for (std::size_t at = 0; at < field.leaves.size();) {
      if (++visits_ > kLeafVisitsMax) return false;
      const Leaf& leaf = field.leaves[at];
      if (const auto next = end_of_conflict(leaf)) {
        at = position(field.leaves, *next);
        continue;
      }
      present = true;
      ++at;
      const auto choice = relevant_element(leaf.element, index + 1);
      if (choice == failed || !field.test->accepts(leaf)) continue;
      const auto before = chosen_.size();
      choose(choice);
      if (match_from(index + 1)) return true;
      chosen_.resize(before);
      failed = choice;
    }
    return !present && field.test->accepts_absence() && match_from(index + 1);
  }

 private:
  static std::size_t position(std::span<const Leaf> leaves, std::uint32_t sequence) {
    const auto before = [](const Leaf& leaf, std::uint32_t s) { return leaf.sequence < s; };
    return static_cast<std::size_t>(std::lower_bound(leaves.begin(), leaves.end(), sequence, before) -
                                    leaves.begin());
  }

  /// When the leaf lies in another element of an array of which one is chosen: the next leaf (by sequence)
  /// that may not.
  std::optional<std::uint32_t> end_of_conflict(const Leaf& leaf) const {
    for (auto id = leaf.element; id != 0; id = input_.element(id).parent) {
      const auto& element = input_.element(id);
      for (const auto other : chosen_) {
        if (other == id) return std::nullopt;  // then all around it are chosen too
        const auto& chosen = input_.element(other);
        if (chosen.array != element.array) continue;
        const auto& array = input_.array(element.array);
        if (array.has_scalars) return element.end_leaf;
        return leaf.sequence < chosen.first_leaf ? chosen.first_leaf : array.end_leaf;
      }
    }
    return std::nullopt;
  }

  /// The innermost element around that matters to the fields from `index` on; 0 when none does.
  std::uint32_t relevant_element(std::uint32_t id, std::size_t index) const {
    while (id != 0 && !matters(input_.array(input_.element(id).array), index)) id = input_.element(id).parent;
    return id;
  }

  bool matters(const ArrayExtent& array, std::size_t index) const {
    return std::any_of(fields_.begin() + static_cast<std::ptrdiff_t>(index), fields_.end(),
                       [&](const FieldMatch& field) {
                         const auto at = position(field.leaves, array.first_leaf);
                         return at < field.leaves.size() && field.leaves[at].sequence < array.end_leaf;
                       });
  }

  /// Chooses the element and all around it.
  void choose(std::uint32_t id) {
    for (; id != 0 && std::find(chosen_.begin(), chosen_.end(), id) == chosen_.end();
         id = input_.element(id).parent)
      chosen_.push_back(id);
  }

  const FilterInput& input_;
  std::span<const FieldMatch> fields_;
  std::vector<std::uint32_t>& chosen_;
  std::size_t visits_ = 0;
};

}  // namespace

bool match_consistently(const FilterInput& input, std::span<const FieldMatch> fields) {
  assert(fields.size() <= kAlternativeFieldsMax);
  static thread_local std::vector<std::uint32_t> chosen;
  return Search(input, fields, chosen).match_from(0);
}

}  // namespace signalbox::pipeline
