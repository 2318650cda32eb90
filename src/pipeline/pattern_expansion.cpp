#include <algorithm>
#include <iterator>

#include "pipeline/pattern.hpp"
#include "pipeline/utf8.hpp"

namespace signalbox::pipeline {
namespace {

Error too_large(const char* what, std::size_t limit) {
  return Error(Errc::too_large,
               std::string("the pattern has more than ") + std::to_string(limit) + " " + what);
}

class Expansion {
 public:
  explicit Expansion(PatternReading reading) : reading_(reading) {}

  Result<std::vector<PatternAlternative>> expand(const PatternNode& pattern) {
    alternatives_.emplace_back();
    if (auto status = visit(pattern); !status) return status.error();
    return std::move(alternatives_);
  }

 private:
  Status visit(const PatternNode& node) {
    switch (node.kind) {
      case PatternNode::Kind::field:
        return add(node);
      case PatternNode::Kind::any_of:
        return fork(node);
      case PatternNode::Kind::all_of:
        break;
    }
    for (const auto& child : node.children)
      if (auto status = visit(child); !status) return status;
    return ok();
  }

  /// Puts the field on every way found so far.
  Status add(const PatternNode& field) {
    std::size_t total = 0;
    for (auto& alternative : alternatives_) {
      const auto before = [](const PatternNode* a, const std::string& path) {
        return compare_utf16(a->path, path) < 0;
      };
      const auto at = std::lower_bound(alternative.begin(), alternative.end(), field.path, before);
      if (at == alternative.end() || (*at)->path != field.path) {
        alternative.insert(at, &field);
      } else if (reading_ == PatternReading::strict) {
        return Error(Errc::invalid_argument,
                     to_valid_utf8(field.pointer + ": the same field as at " + (*at)->pointer +
                                   "; on each way through the pattern a field has one list"));
      } else {
        *at = &field;
      }
      if (alternative.size() > kAlternativeFieldsMax) return too_large("fields", kAlternativeFieldsMax);
      total += alternative.size();
    }
    return total <= kExpandedFieldsMax
               ? ok()
               : too_large("fields over all ways through its \"$or\"", kExpandedFieldsMax);
  }

  Status fork(const PatternNode& any) {
    const auto before = std::move(alternatives_);
    std::vector<PatternAlternative> all;
    std::size_t total = 0;
    for (const auto& branch : any.children) {
      alternatives_ = before;
      if (auto status = visit(branch); !status) return status;
      if (all.size() + alternatives_.size() > kAlternativesMax)
        return too_large("ways through its \"$or\"", kAlternativesMax);
      for (const auto& alternative : alternatives_) total += alternative.size();
      if (total > kExpandedFieldsMax)
        return too_large("fields over all ways through its \"$or\"", kExpandedFieldsMax);
      std::move(alternatives_.begin(), alternatives_.end(), std::back_inserter(all));
    }
    alternatives_ = std::move(all);
    return ok();
  }

  PatternReading reading_;
  std::vector<PatternAlternative> alternatives_;
};

}  // namespace

Result<std::vector<PatternAlternative>> expand_pattern(const PatternNode& pattern, PatternReading reading) {
  return Expansion(reading).expand(pattern);
}

}  // namespace signalbox::pipeline
