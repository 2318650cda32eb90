#include "pipeline/dialects.hpp"

#include <utility>

#include "pipeline/alternatives.hpp"
#include "pipeline/cesql_evaluation.hpp"
#include "pipeline/cesql_needs.hpp"
#include "pipeline/dialects_tree.hpp"
#include "pipeline/filter_shape.hpp"
#include "pipeline/string_form.hpp"

namespace signalbox::pipeline {
namespace {

using Kind = DialectNode::Kind;

/// Looks at one event.
class Judge {
 public:
  Judge(const DialectTree& tree, const FilterInput& input, std::span<const FieldId> fields)
      : tree_(tree), input_(input), fields_(fields) {}

  bool holds(const DialectNode& node) const {
    switch (node.kind) {
      case Kind::exact:
      case Kind::prefix:
      case Kind::suffix:
        return test_holds(node);
      case Kind::attributes:
      case Kind::all:
        return !has_child(node, false);
      case Kind::any:
        return has_child(node, true);
      case Kind::not_:
        return !holds(*first_child(node));
      case Kind::sql:
        break;
    }
    const auto& program = tree_.programs[node.index];
    return passes(CesqlEvaluation(program, input_, fields_).run(program.root()));
  }

 private:
  /// Whether there is a child of which `holds()` is `verdict`.
  bool has_child(const DialectNode& node, bool verdict) const {
    for (const auto* child = first_child(node); child != node.end(); child = next_child(child))
      if (holds(*child) == verdict) return true;
    return false;
  }

  bool test_holds(const DialectNode& node) const {
    const auto leaves = input_.leaves(fields_[node.index]);
    if (leaves.empty() || leaves.front().kind == Leaf::Kind::null_value) return false;
    const auto value = leaves.front().text;  // of a boolean or integer its string form
    const auto text = tree_.text(node);
    if (node.kind == Kind::prefix) return value.starts_with(text);
    if (node.kind == Kind::suffix) return value.ends_with(text);
    return value == text;
  }

  const DialectTree& tree_;
  const FilterInput& input_;
  std::span<const FieldId> fields_;
};

/// What an event must have for the node to hold.
Alternatives needs_of(const DialectTree& tree, const DialectNode& node) {
  switch (node.kind) {
    case Kind::exact:
      return require(node.index, string_form_probes(tree.text(node)));
    case Kind::prefix:
      return require(node.index, {Probe::prefix(tree.text(node))});
    case Kind::suffix:
      return require(node.index, {Probe::suffix(tree.text(node))});
    case Kind::sql:
      return needs_of(tree.programs[node.index]);
    case Kind::not_:
      return no_requirement();
    case Kind::attributes:
    case Kind::all:
    case Kind::any:
      break;
  }
  if (node.size == 1) return no_requirement();
  const auto* child = first_child(node);
  auto out = needs_of(tree, *child);
  for (child = next_child(child); child != node.end(); child = next_child(child)) {
    auto needs = needs_of(tree, *child);
    out = node.kind == Kind::any ? either_of(std::move(out), std::move(needs))
                                 : both_of(std::move(out), std::move(needs));
  }
  return out;
}

class DialectFilter final : public Filter {
 public:
  explicit DialectFilter(DialectTree tree) : tree_(std::move(tree)) {}

  FilterShape shape() const override {
    FilterShape shape;
    shape.fields = tree_.attributes;
    shape.always = tree_.root().size == 1;
    shape.alternatives = needs_of(tree_, tree_.root());
    return shape;
  }

  using Filter::matches;
  bool matches(const FilterInput& input, std::span<const std::uint32_t> fields) const override {
    return Judge(tree_, input, fields).holds(tree_.root());
  }

  using Filter::explain;
  std::optional<Mismatch> explain(const FilterInput& input,
                                  std::span<const std::uint32_t> fields) const override {
    if (matches(input, fields)) return std::nullopt;
    return Mismatch{};
  }

 private:
  DialectTree tree_;
};

}  // namespace

Result<std::shared_ptr<const Filter>> compile_dialects(std::string_view text, WideIntegers wide) {
  auto tree = parse_dialects(text, wide);
  if (!tree) return tree.error();
  return std::shared_ptr<const Filter>(std::make_shared<DialectFilter>(std::move(*tree)));
}

}  // namespace signalbox::pipeline
