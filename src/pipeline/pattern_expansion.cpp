#include "pipeline/pattern_expansion.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "pipeline/field_path.hpp"
#include "pipeline/utf8.hpp"

namespace signalbox::pipeline {
namespace {

Error too_large(const char* what, std::size_t limit) {
  return Error(Errc::too_large,
               std::string("the pattern has more than ") + std::to_string(limit) + " " + what);
}

Error too_many_in_all() { return too_large("fields over all ways through its \"$or\"", kExpandedFieldsMax); }

Error too_many_ways() { return too_large("ways through its \"$or\"", kWaysMax); }

class Expansion {
 public:
  explicit Expansion(PatternReading reading) : reading_(reading) { out_.scopes.emplace_back(); }

  Result<ExpandedPattern> expand(const PatternNode& pattern) {
    ways_.emplace_back();
    if (auto status = visit(pattern); !status) return status.error();
    if (auto fields = longest(ways_); !fields) return fields.error();
    out_.ways = std::move(ways_);
    return std::move(out_);
  }

 private:
  Status visit(const PatternNode& node) {
    switch (node.kind) {
      case PatternNode::Kind::field:
        return add(node);
      case PatternNode::Kind::any_of:
        return fork(node);
      case PatternNode::Kind::none_of:
        return negate(node);
      case PatternNode::Kind::each_of:
        for (const auto& child : node.children)
          if (auto status = visit_scope(child, node.depth); !status) return status;
        return ok();
      case PatternNode::Kind::all_of:
        break;
    }
    for (const auto& child : node.children)
      if (auto status = visit(child); !status) return status;
    return ok();
  }

  Status visit_scope(const PatternNode& object, std::size_t depth) {
    const auto around = scope_;
    scope_ = static_cast<std::uint16_t>(out_.scopes.size());
    out_.scopes.push_back({around, static_cast<std::uint16_t>(depth)});
    auto status = visit(object);
    scope_ = around;
    return status;
  }

  /// Puts the field on every way found so far.
  Status add(const PatternNode& field) {
    for (auto& way : ways_) {
      const auto before = [this](const PatternTerm& a, const std::string& path) {
        return a.scope != scope_ ? a.scope < scope_ : compare_paths(a.field->path, path) < 0;
      };
      const auto at = std::lower_bound(way.terms.begin(), way.terms.end(), field.path, before);
      if (at == way.terms.end() || at->scope != scope_ || at->field->path != field.path) {
        way.terms.insert(at, {&field, scope_});
      } else if (reading_ == PatternReading::strict) {
        return Error(Errc::invalid_argument,
                     to_valid_utf8(field.pointer + ": the same field as at " + at->field->pointer +
                                   "; on each way through the pattern a field has one list, or several in "
                                   "objects of \"$and\""));
      } else {
        at->field = &field;
      }
      if (way.terms.size() > kAlternativeFieldsMax) return too_large("fields", kAlternativeFieldsMax);
    }
    return total(ways_) <= kExpandedFieldsMax ? ok() : Status(too_many_in_all());
  }

  Status fork(const PatternNode& any) {
    const auto before = std::move(ways_);
    std::vector<PatternWay> all;
    for (const auto& branch : any.children) {
      if (all.size() + before.size() > kWaysMax) return too_many_ways();
      ways_ = before;
      if (auto status = visit(branch); !status) return status;
      if (all.size() + ways_.size() > kWaysMax) return too_many_ways();
      finished_ += sizes(ways_);
      if (finished_ > kExpandedFieldsMax) return too_many_in_all();
      std::move(ways_.begin(), ways_.end(), std::back_inserter(all));
    }
    finished_ -= sizes(all);
    ways_ = std::move(all);
    return ok();
  }

  Status negate(const PatternNode& node) {
    auto around = std::exchange(ways_, std::vector<PatternWay>(1));
    const auto size = sizes(around);
    finished_ += size;
    if (auto status = visit_scope(node.children.front(), node.depth); !status) return status;
    finished_ = total(ways_) - size;
    const auto fields = longest(ways_);
    if (!fields) return fields.error();
    const auto index = static_cast<std::uint16_t>(out_.negations.size());
    out_.negations.push_back({std::exchange(ways_, std::move(around)), *fields});
    for (auto& way : ways_) way.negations.push_back(index);
    return total(ways_) <= kExpandedFieldsMax ? ok() : Status(too_many_in_all());
  }

  /// The most fields that are looked at one after another on one of the ways.
  Result<std::size_t> longest(const std::vector<PatternWay>& ways) const {
    std::size_t most = 0;
    for (const auto& way : ways) {
      std::size_t then = 0;
      for (const auto negation : way.negations) then = std::max(then, out_.negations[negation].fields);
      most = std::max(most, way.terms.size() + then);
    }
    if (most > kAlternativeFieldsMax) return too_large("fields", kAlternativeFieldsMax);
    return most;
  }

  static std::size_t sizes(const std::vector<PatternWay>& ways) {
    std::size_t sum = 0;
    for (const auto& way : ways) sum += way.terms.size() + way.negations.size();
    return sum;
  }
  std::size_t total(const std::vector<PatternWay>& ways) const { return finished_ + sizes(ways); }

  PatternReading reading_;
  std::uint16_t scope_ = 0;
  std::size_t finished_ = 0;  // fields on ways other than ways_
  std::vector<PatternWay> ways_;
  ExpandedPattern out_;
};

}  // namespace

Result<ExpandedPattern> expand_pattern(const PatternNode& pattern, PatternReading reading) {
  return Expansion(reading).expand(pattern);
}

}  // namespace signalbox::pipeline
