#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "signalbox/clock.hpp"
#include "signalbox/config_node.hpp"
#include "signalbox/error.hpp"
#include "signalbox/event.hpp"

namespace signalbox::pipeline {

/// What a transform may know besides the event.
struct TransformContext {
  std::string_view tenant, channel, rule;
  WallTime accepted_at{};
};

/// A compiled transform: immutable, thread-safe, pure.
class Transformer {
 public:
  virtual ~Transformer() = default;
  /// The event to deliver.  An error is a dead letter with its message as the reason, never a silent drop.
  virtual Result<Event> apply(const Event& event, const TransformContext& context) const = 0;
};

/// Reads and compiles the value under a rule's `transform:` key (or the "transform" member of an eval line): faults go to `out`;
/// nullptr when there were any.
std::shared_ptr<const Transformer> read_transformer(const ConfigNode& node, Diagnostics& out);

}  // namespace signalbox::pipeline
