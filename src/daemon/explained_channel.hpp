#pragma once
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "broker/plan.hpp"
#include "daemon/configuration.hpp"
#include "event/codec.hpp"
#include "pipeline/explain.hpp"
#include "signalbox/event.hpp"

namespace signalbox::daemon {

/// The rules of one channel of a configuration file, compiled to explain events without a daemon.
class ExplainedChannel {
 public:
  ExplainedChannel(ExplainedChannel&&) = default;
  ExplainedChannel& operator=(ExplainedChannel&&) = default;

  /// `channel` is "tenant/channel"; `rule` narrows to one rule, "" means all.  Reads files, but no secret.
  /// Every fault of the file, or which name it does not have, is told on `err`, and then there is nothing.
  static std::optional<ExplainedChannel> read(const ConfigurationSource& source, const std::string& channel,
                                              const std::string& rule, std::ostream& err);

  /// The bounds that ingest puts on an event.
  const event::Limits& limits() const { return limits_; }

  /// As JSON (pipeline::ExplanationText).
  std::string explain(const Event& event) const;

 private:
  ExplainedChannel(std::vector<broker::RulePlan> rules, std::string only, const event::Limits& limits);

  std::vector<broker::RulePlan> rules_;  // what the explainer's views point to
  std::string only_;                     // the rule that is told of; "": all
  event::Limits limits_;
  pipeline::Explainer explainer_;
};

}  // namespace signalbox::daemon
