#include "pipeline/pattern_explain.hpp"

#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "event/characters.hpp"
#include "pipeline/condition_text.hpp"
#include "pipeline/field_path.hpp"
#include "pipeline/pattern_encoder.hpp"
#include "pipeline/pattern_match.hpp"
#include "pipeline/utf8.hpp"

namespace signalbox::pipeline {
namespace {

using PatternKind = PatternNode::Kind;
/// Parts of a pattern that must all hold.
using Parts = std::vector<PatternNode>;

Parts first_parts(const Parts& parts, std::size_t count) {
  return {parts.begin(), parts.begin() + static_cast<std::ptrdiff_t>(count)};
}

PatternNode to_object(Parts parts) {
  PatternNode object;
  object.children = std::move(parts);
  return object;
}

bool may_be_absent(const PatternNode& field) {
  return std::any_of(field.conditions.begin(), field.conditions.end(),
                     [](const Condition& c) { return c.op == Condition::Op::absent; });
}

Parts fields_of(const Parts& parts) {
  Parts fields;
  std::copy_if(parts.begin(), parts.end(), std::back_inserter(fields),
               [](const PatternNode& part) { return part.kind == PatternKind::field; });
  return fields;
}

void append(Parts& to, Parts parts) { std::move(parts.begin(), parts.end(), std::back_inserter(to)); }

/// Two fields that may be the same one and agree about all arrays.
PatternNode to_pair(const PatternNode& a, const PatternNode& b) {
  PatternNode pair{PatternKind::each_of, {}, {}};
  pair.depth = kPatternBytesMax - 1;
  pair.children = {to_object({a}), to_object({b})};
  return to_object({pair});
}

/// At most so many bytes, whole characters.
std::string cut(std::string text) {
  constexpr std::size_t kShownMax = 600;
  if (text.size() <= kShownMax) return text;
  auto size = kShownMax;
  while (size > 0 && event::continues_character(text[size])) --size;
  return text.substr(0, size) + "...";
}

/// A place in a pattern where parts can stand, with what must hold before them.
struct Hole {
  std::function<PatternNode(Parts)> fill;  ///< the pattern with these parts there
  Parts fields;                            ///< those that stand before it
};

/// The first part that fails, of some that stand in a hole.
struct Failure {
  std::size_t held = 0;  ///< how many hold, in the order in which they were tried
  Parts tried;           ///< all of them in that order
};

class PatternExplainer {
 public:
  PatternExplainer(PatternReading reading, const FilterInput& input) : reading_(reading), input_(input) {}

  std::optional<Mismatch> explain(const PatternNode& pattern) {
    if (holds(pattern)) return std::nullopt;
    const Hole top{to_object, {}};
    auto mismatch = explain(top, first_failure(top, pattern.children));
    if (is_over()) return Mismatch{{}, {}, "all that the pattern says", "more than can be explained"};
    return mismatch;
  }

 private:
  bool is_over() const { return trials_ > kExplainTrialsMax || steps_ > kExplainStepsMax; }

  bool holds(const PatternNode& pattern) {
    if (pattern.children.empty()) return true;
    ++trials_;
    if (is_over()) return false;
    const auto expanded = expand_pattern(pattern, reading_);
    if (!expanded) return false;
    const auto encoded = encode_pattern(*expanded, reading_);
    const PatternCode code(encoded.bytes.data(), &encoded.extras);
    std::vector<FieldId> fields;
    for (const auto& path : code.paths()) fields.push_back(input_.fields().find(path));
    PatternMatch match(code, input_, fields, scratch_);
    const bool matches = match.matches();
    constexpr std::int64_t kStepsPerByte = 8;  // of reading and writing it
    steps_ += match.work().spent() + kStepsPerByte * static_cast<std::int64_t>(encoded.bytes.size());
    return matches;
  }

  /// What depends on choices of others comes last.
  Parts in_order(const Parts& parts) const {
    Parts ordered = parts;
    if (!input_.has_elements() || reading_ == PatternReading::event_ruler) return ordered;
    std::stable_partition(ordered.begin(), ordered.end(), [](const PatternNode& part) {
      return part.kind != PatternKind::none_of && !(part.kind == PatternKind::field && may_be_absent(part));
    });
    return ordered;
  }

  /// Together the parts fail.
  Failure first_failure(const Hole& hole, const Parts& parts) {
    Failure failure{0, in_order(parts)};
    // The first `held` hold, the first `fail` do not.
    for (auto fail = failure.tried.size(); fail - failure.held > 1;) {
      const auto middle = failure.held + (fail - failure.held) / 2;
      if (holds(hole.fill(first_parts(failure.tried, middle))))
        failure.held = middle;
      else
        fail = middle;
    }
    return failure;
  }

  Mismatch explain(const Hole& hole, const Failure& failure) {
    const auto before = first_parts(failure.tried, failure.held);
    const auto& part = failure.tried[failure.held];
    Hole after{[&hole, &before](Parts parts) {
                 auto all = before;
                 append(all, std::move(parts));
                 return hole.fill(std::move(all));
               },
               hole.fields};
    append(after.fields, fields_of(before));
    switch (part.kind) {
      case PatternKind::field:
        return explain_field(part, after.fields);
      case PatternKind::any_of:
        return explain_any(part, after);
      case PatternKind::each_of:
        return explain_each(part, after);
      case PatternKind::none_of:
        return explain_none(part);
      case PatternKind::all_of:
        break;
    }
    return {};  // objects stand in lists only
  }

  std::span<const Leaf> values(const PatternNode& field) const {
    return input_.leaves(input_.fields().find(field.path));
  }

  Mismatch explain_field(const PatternNode& field, const Parts& before) {
    Mismatch mismatch{to_valid_utf8(field.pointer), to_valid_utf8(to_readable_path(field.path)),
                      describe(field.conditions), describe(values(field))};
    if (holds(to_object({field}))) mismatch.wanted += disagreement(field, before);
    return mismatch;
  }

  /// Alone the field holds.
  std::string disagreement(const PatternNode& field, const Parts& before) {
    for (auto other = before.rbegin(); other != before.rend(); ++other) {
      if (holds(to_pair(*other, field))) continue;
      return ", but not in the same element of " + common_array(field, *other) + " as " +
             to_valid_utf8(other->pointer);
    }
    return ", but not in an element in which all before it holds";
  }

  /// The innermost array in which both have values.
  std::string common_array(const PatternNode& field, const PatternNode& other) const {
    std::uint32_t depth = 0;
    for (const auto& leaf : values(field))
      for (auto id = leaf.element; id != 0; id = input_.element(id).parent) {
        const auto& array = input_.array(input_.element(id).array);
        const auto others = values(other);
        const bool common = std::any_of(others.begin(), others.end(), [&](const Leaf& l) {
          return l.sequence >= array.first_leaf && l.sequence < array.end_leaf;
        });
        if (common && array.depth > depth) depth = array.depth;
        if (common) break;
      }
    std::string path;
    const auto names = field_path_names(field.path);
    for (std::uint32_t i = 0; i < depth && i < names.size(); ++i)
      path += (i ? "." : "") + to_path_name(names[i]);
    return to_valid_utf8(to_readable_path(path));
  }

  /// All objects of the `$or` fail: what fails in the one of which most holds.
  Mismatch explain_any(const PatternNode& any, const Hole& hole) {
    std::size_t furthest = 0;
    std::optional<Failure> found;
    const auto count = std::min(any.children.size(), kExplainBranchesMax);
    for (std::size_t i = 0; i < count; ++i) {
      auto failure = first_failure(hole, any.children[i].children);
      if (found && failure.held <= found->held) continue;
      found = std::move(failure);
      furthest = i;
    }
    auto inside = explain(hole, *found);
    const auto nearest = to_valid_utf8(any.children[furthest].pointer);
    auto wanted = "one of the " + std::to_string(any.children.size()) + " objects; " + nearest +
                  " came furthest, there " + inside.place + " wants " + inside.wanted;
    return {to_valid_utf8(any.pointer), std::move(inside.path), cut(std::move(wanted)),
            std::move(inside.found)};
  }

  /// Some object of the `$and` fails after those before it hold.
  Mismatch explain_each(const PatternNode& each, const Hole& around) {
    std::size_t index = 0;
    while (index + 1 < each.children.size() && holds(around.fill({first_objects(each, index + 1)}))) ++index;
    Hole hole{[&](Parts parts) {
                auto node = first_objects(each, index);
                if (!parts.empty()) node.children.push_back(to_object(std::move(parts)));
                return around.fill(node.children.empty() ? Parts{} : Parts{std::move(node)});
              },
              around.fields};
    for (std::size_t i = 0; i < index; ++i) append(hole.fields, fields_of(each.children[i].children));
    return explain(hole, first_failure(hole, each.children[index].children));
  }

  /// An `$and` of the first objects of another one.
  static PatternNode first_objects(const PatternNode& each, std::size_t count) {
    PatternNode node{PatternKind::each_of, {}, each.pointer};
    node.depth = each.depth;
    node.children = first_parts(each.children, count);
    return node;
  }

  Mismatch explain_none(const PatternNode& none) const {
    Mismatch mismatch{to_valid_utf8(none.pointer)};
    mismatch.wanted = "not what " + mismatch.place + " says";
    mismatch.found = "what it says";
    const auto& inside = none.children.front().children;
    if (inside.size() == 1 && inside.front().kind == PatternKind::field) {
      mismatch.path = to_valid_utf8(to_readable_path(inside.front().path));
      mismatch.found = describe(values(inside.front()));
    }
    return mismatch;
  }

  PatternReading reading_;
  const FilterInput& input_;
  PatternScratch scratch_;
  std::size_t trials_ = 0;
  std::int64_t steps_ = 0;
};

}  // namespace

std::optional<Mismatch> explain_pattern(std::string_view text, PatternReading reading,
                                        const FilterInput& input) {
  const auto pattern = parse_pattern(text, reading);
  if (!pattern) return std::nullopt;
  return PatternExplainer(reading, input).explain(*pattern);
}

}  // namespace signalbox::pipeline
