#include "pipeline/dialects_judge.hpp"

#include <string>
#include <vector>

#include "pipeline/cesql_evaluation.hpp"
#include "pipeline/cesql_explain.hpp"
#include "pipeline/mismatch_text.hpp"

namespace signalbox::pipeline {
namespace {

using DialectKind = DialectNode::Kind;

/// A condition in words: `type begins with "x"`.
std::string to_words(const DialectTree& tree, const DialectNode& node) {
  const auto test = [&](const char* verb) {
    return std::string(tree.attributes[node.index]) + verb + quoted_text(tree.text(node));
  };
  const auto joined = [&](const char* word) {
    std::string out;
    for (const auto* child = first_child(node); child != node.end(); child = next_child(child)) {
      if (!out.empty()) out += word;
      if (out.size() > kMismatchTextMax) return out;  // what follows is cut anyway
      out += to_words(tree, *child);
    }
    return node.size > 2 ? "(" + out + ")" : out;
  };
  switch (node.kind) {
    case DialectKind::exact:
      return test(" is ");
    case DialectKind::prefix:
      return test(" begins with ");
    case DialectKind::suffix:
      return test(" ends with ");
    case DialectKind::attributes:
    case DialectKind::all:
      return joined(" and ");
    case DialectKind::any:
      return joined(" or ");
    case DialectKind::not_:
      return "not " + to_words(tree, *first_child(node));
    case DialectKind::sql:
      break;
  }
  return std::string(tree.programs[node.index].expression());
}

/// The attributes that a node and what is below it look at, in the order of the text.
std::vector<std::uint32_t> attributes_in(const DialectTree& tree, const DialectNode& node) {
  std::vector<std::uint32_t> out;
  for (const auto* at = &node; at != node.end(); ++at) {
    if (at->kind == DialectKind::sql)
      for (const auto attribute : attributes_in(tree.programs[at->index].root())) out.push_back(attribute);
    else if (!at->has_children())
      out.push_back(at->index);
  }
  return out;
}

}  // namespace

bool DialectJudge::holds(const DialectNode& node) const {
  switch (node.kind) {
    case DialectKind::exact:
    case DialectKind::prefix:
    case DialectKind::suffix:
      return test_holds(node);
    case DialectKind::attributes:
    case DialectKind::all:
      return !has_child(node, false);
    case DialectKind::any:
      return has_child(node, true);
    case DialectKind::not_:
      return !holds(*first_child(node));
    case DialectKind::sql:
      break;
  }
  const auto& program = tree_.programs[node.index];
  return passes(CesqlEvaluation(program, input_, fields_).run(program.root()));
}

/// Whether there is a child of which holds() is `verdict`.
bool DialectJudge::has_child(const DialectNode& node, bool verdict) const {
  for (const auto* child = first_child(node); child != node.end(); child = next_child(child))
    if (holds(*child) == verdict) return true;
  return false;
}

bool DialectJudge::test_holds(const DialectNode& node) const {
  const auto leaves = input_.leaves(fields_[node.index]);
  if (leaves.empty() || leaves.front().kind == Leaf::Kind::null_value) return false;
  const auto value = leaves.front().text;  // of a boolean or integer its string form
  const auto text = tree_.text(node);
  if (node.kind == DialectKind::prefix) return value.starts_with(text);
  if (node.kind == DialectKind::suffix) return value.ends_with(text);
  return value == text;
}

Mismatch DialectJudge::explain() const {
  std::string pointer;
  const auto* node = &tree_.root();
  while (node->kind == DialectKind::all || node->kind == DialectKind::attributes) {
    std::size_t index = 0;
    const auto* child = first_child(*node);
    for (; holds(*child); child = next_child(child)) ++index;
    if (node->kind == DialectKind::all) {
      if (node != &tree_.root()) pointer += "/all";
      pointer += "/" + std::to_string(index);
    }
    node = child;
  }
  switch (node->kind) {
    case DialectKind::any:
      return explain_group(*node, pointer + "/any", to_words(tree_, *node));
    case DialectKind::not_:
      return explain_group(*node, pointer + "/not", to_words(tree_, *node));
    case DialectKind::sql: {
      auto out = explain_cesql(tree_.programs[node->index], tree_.attributes, input_, fields_);
      out.place = pointer + "/sql, " + out.place;
      return out;
    }
    default:
      return explain_test(*node, pointer);
  }
}

Mismatch DialectJudge::explain_test(const DialectNode& test, const std::string& pointer) const {
  const auto text = quoted_text(tree_.text(test));
  const std::string name(tree_.attributes[test.index]);
  const auto found = found_value(input_.leaves(fields_[test.index]));
  if (test.kind == DialectKind::prefix)
    return {pointer + "/prefix/" + name, name, "a value that begins with " + text, found};
  if (test.kind == DialectKind::suffix)
    return {pointer + "/suffix/" + name, name, "a value that ends with " + text, found};
  return {pointer + "/exact/" + name, name, text, found};
}

Mismatch DialectJudge::explain_group(const DialectNode& group, std::string pointer,
                                     std::string wanted) const {
  const auto used = attributes_in(tree_, group);
  Mismatch out{std::move(pointer), {}, cut_text(wanted, 2 * kMismatchTextMax), {}};
  out.found = used.empty() ? "nothing" : found_values(used, tree_.attributes, input_, fields_);
  if (used.size() == 1) out.path = std::string(tree_.attributes[used.front()]);
  return out;
}

}  // namespace signalbox::pipeline
