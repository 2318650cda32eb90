#include "pipeline/dialects.hpp"

#include <utility>

#include "pipeline/alternatives.hpp"
#include "pipeline/cesql_needs.hpp"
#include "pipeline/dialects_judge.hpp"
#include "pipeline/dialects_tree.hpp"
#include "pipeline/filter_shape.hpp"
#include "pipeline/string_form.hpp"

namespace signalbox::pipeline {
namespace {

using DialectKind = DialectNode::Kind;

/// What an event must have for the node to hold.
Alternatives needs_of(const DialectTree& tree, const DialectNode& node) {
  switch (node.kind) {
    case DialectKind::exact:
      return require(node.index, string_form_probes(tree.text(node)));
    case DialectKind::prefix:
      return require(node.index, {Probe::prefix(tree.text(node))});
    case DialectKind::suffix:
      return require(node.index, {Probe::suffix(tree.text(node))});
    case DialectKind::sql:
      return needs_of(tree.programs[node.index]);
    case DialectKind::not_:
      return no_requirement();
    case DialectKind::attributes:
    case DialectKind::all:
    case DialectKind::any:
      break;
  }
  if (node.size == 1) return no_requirement();
  const auto* child = first_child(node);
  auto out = needs_of(tree, *child);
  for (child = next_child(child); child != node.end(); child = next_child(child)) {
    auto needs = needs_of(tree, *child);
    out = node.kind == DialectKind::any ? either_of(std::move(out), std::move(needs))
                                 : both_of(std::move(out), std::move(needs));
  }
  return out;
}

class DialectFilter final : public Filter {
 public:
  explicit DialectFilter(DialectTree tree) : tree_(std::move(tree)) {}

  FilterShape shape() const override {
    FilterShape shape;
    shape.fields = tree_.attributes.all();
    shape.alternatives = needs_of(tree_, tree_.root());
    return shape;
  }

  using Filter::matches;
  bool matches(const FilterInput& input, std::span<const std::uint32_t> fields) const override {
    return DialectJudge(tree_, input, fields).holds(tree_.root());
  }

  using Filter::explain;
  std::optional<Mismatch> explain(const FilterInput& input,
                                  std::span<const std::uint32_t> fields) const override {
    const DialectJudge judge(tree_, input, fields);
    if (judge.holds(tree_.root())) return std::nullopt;
    return judge.explain();
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
