#include "pipeline/pattern_filter.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "pipeline/array_consistency.hpp"
#include "pipeline/field_test.hpp"
#include "pipeline/filter_shape.hpp"

namespace signalbox::pipeline {
namespace {

class PatternFilter final : public Filter {
 public:
  PatternFilter(const std::vector<PatternAlternative>& alternatives, PatternReading reading) {
    std::map<std::string_view, std::size_t> paths;
    std::map<const PatternNode*, std::size_t> tests;
    for (const auto& alternative : alternatives) {
      auto& compiled = alternatives_.emplace_back();
      auto& requirements = shape_.alternatives.emplace_back();
      for (const auto* node : alternative) {
        const auto [path, new_path] = paths.try_emplace(node->path, shape_.fields.size());
        if (new_path) shape_.fields.push_back(node->path);
        const auto [test, new_test] = tests.try_emplace(node, tests_.size());
        if (new_test) tests_.emplace_back(FieldTest(node->conditions, reading), path->second);
        compiled.push_back(test->second);
        if (auto requirement = tests_[test->second].test.requirement(path->second))
          requirements.push_back(std::move(*requirement));
      }
    }
  }

  FilterShape shape() const override { return shape_; }

  using Filter::matches;
  bool matches(const FilterInput& input, std::span<const std::uint32_t> fields) const override {
    Scratch& scratch = scratch_for_this_thread();
    scratch.verdicts.assign(tests_.size(), Verdict::unknown);
    return std::any_of(alternatives_.begin(), alternatives_.end(),
                       [&](const std::vector<std::size_t>& alternative) {
                         return matches(alternative, input, fields, scratch);
                       });
  }

  using Filter::explain;
  std::optional<Mismatch> explain(const FilterInput& input,
                                  std::span<const std::uint32_t> fields) const override {
    if (matches(input, fields)) return std::nullopt;
    return Mismatch{};
  }

 private:
  struct Test {
    Test(FieldTest t, std::size_t f) : test(std::move(t)), field(f) {}
    FieldTest test;
    std::size_t field;  // in shape_.fields
  };

  /// What is known of a field of the event without regard to the others.
  enum class Verdict : std::uint8_t { unknown, no, yes, maybe };

  struct Scratch {
    std::vector<Verdict> verdicts;  // by test
    std::vector<FieldMatch> matches;
  };

  static Scratch& scratch_for_this_thread() {
    static thread_local Scratch scratch;
    return scratch;
  }

  /// `maybe`: its absence would do, and it may turn out to be absent from the chosen element.
  static Verdict judge(const FieldTest& test, std::span<const Leaf> leaves) {
    if (leaves.empty()) return test.accepts_absence() ? Verdict::yes : Verdict::no;
    if (std::any_of(leaves.begin(), leaves.end(), [&](const Leaf& leaf) { return test.accepts(leaf); }))
      return Verdict::yes;
    return test.accepts_absence() ? Verdict::maybe : Verdict::no;
  }

  static bool in_elements(std::span<const Leaf> leaves) {
    return std::any_of(leaves.begin(), leaves.end(), [](const Leaf& leaf) { return leaf.element != 0; });
  }

  bool matches(const std::vector<std::size_t>& alternative, const FilterInput& input,
               std::span<const std::uint32_t> fields, Scratch& scratch) const {
    bool maybe = false;
    for (const auto index : alternative) {
      const auto& test = tests_[index];
      auto& verdict = scratch.verdicts[index];
      if (verdict == Verdict::unknown) verdict = judge(test.test, input.leaves(fields[test.field]));
      if (verdict == Verdict::no) return false;
      maybe |= verdict == Verdict::maybe;
    }
    if (!input.has_elements()) return !maybe;
    std::size_t in_arrays = 0;
    for (const auto index : alternative)
      in_arrays += in_elements(input.leaves(fields[tests_[index].field])) ? 1u : 0u;
    if (in_arrays < 2) return !maybe;  // nothing to agree about
    scratch.matches.clear();
    for (const auto index : alternative)
      scratch.matches.push_back({&tests_[index].test, input.leaves(fields[tests_[index].field])});
    return match_consistently(input, scratch.matches);
  }

  FilterShape shape_;
  std::vector<Test> tests_;
  std::vector<std::vector<std::size_t>>
      alternatives_;  // indexes of tests_, by path in the order of UTF-16 units
};

}  // namespace

Result<std::shared_ptr<const Filter>> compile_pattern(std::string_view text, PatternReading reading) {
  const auto pattern = parse_pattern(text, reading);
  if (!pattern) return pattern.error();
  const auto alternatives = expand_pattern(*pattern, reading);
  if (!alternatives) return alternatives.error();
  return std::shared_ptr<const Filter>(std::make_shared<PatternFilter>(*alternatives, reading));
}

}  // namespace signalbox::pipeline
