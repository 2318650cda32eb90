#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/field_set.hpp"
#include "pipeline/filter.hpp"
#include "pipeline/mismatch.hpp"
#include "pipeline/route.hpp"
#include "signalbox/event.hpp"

namespace signalbox::pipeline {

/// A rule as far as it matters to which events it takes.  Its views and its filter are its owner's.
struct ExplainedRule {
  std::string_view name;
  const Filter* filter = nullptr;
  std::span<const std::string> targets;
  bool enabled = true;               ///< false: it takes no event, whatever its filter says
  bool paused = false;               ///< it takes events, and they wait
  const FilterSpec* spec = nullptr;  ///< the filter as written, when it is known: tells more of a pattern
  const Route* route = nullptr;      ///< how it shares events with other rules, when that is known
};

/// What a rule says to one event.
struct RuleVerdict {
  ExplainedRule rule;
  std::optional<Mismatch> mismatch;  ///< nullopt: the filter matches
  bool match() const { return rule.enabled && !mismatch; }
};

/// Tells of some rules which take an event and, of the others, why not.
///
/// Reads the data of an event once for all its rules.  Thread-safe once made.
class Explainer {
 public:
  explicit Explainer(std::span<const ExplainedRule> rules);

  /// In the order of the rules.
  std::vector<RuleVerdict> explain(const Event& event) const;

 private:
  std::vector<ExplainedRule> rules_;
  FieldSet fields_;
  std::vector<std::vector<FieldId>> fields_of_rule_;
};

/// One event's explanation as JSON, a line without its newline:
///
///     {"event":{"id":"7","source":"/shop","type":"com.acme.order.placed"},"rules":[
///      {"rule":"audit","match":true,"targets":["crm"]},
///      {"rule":"big-orders","match":false,"place":"/data/total","path":"data.total",
///       "wanted":"a number > 1000","found":"900"}]}
///
/// Beside them `"seq":7` for an event of a log, `"paused":true`, and of a rule that is not enabled
/// `"enabled":false`, with `"would_match":true` when only that is in the way.
class ExplanationText {
 public:
  /// `seq` 0: the event is in no log.
  explicit ExplanationText(const Event& event, std::uint64_t seq = 0);
  void add(std::span<const RuleVerdict> verdicts);
  /// The whole; nothing is added after it.
  std::string take();

 private:
  std::string text_;
};

}  // namespace signalbox::pipeline
