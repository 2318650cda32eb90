#pragma once
#include <cstddef>
#include <vector>

#include "pipeline/transform_context.hpp"
#include "pipeline/transform_step.hpp"
#include "pipeline/transformed.hpp"
#include "signalbox/error.hpp"
#include "signalbox/event.hpp"

namespace signalbox::pipeline {

/// What a rule does to an event on its way out, compiled: a chain of steps.  Immutable, thread-safe, pure.
///
/// Each step sees what the step before it has made; of several events each goes through the next step by
/// itself.
class Transformer {
 public:
  static constexpr std::size_t kStepsMax = 16;

  /// REQUIRES: 1 to kStepsMax steps.
  explicit Transformer(std::vector<TransformStep> steps);

  const std::vector<TransformStep>& steps() const { return steps_; }
  /// No step needs a program or asks a target: apply() does it all.
  bool is_pure() const { return is_pure_; }
  /// Some step asks a target.
  bool asks_targets() const { return asking_time_ > Duration::zero(); }
  /// How long those steps may take for one event, with all their attempts.
  Duration asking_time() const { return asking_time_; }

  /// REQUIRES: is_pure(); a TransformRun does the others.
  /// Errors: as TransformRun.
  Result<Transformed> apply(const Event& event, const TransformContext& context) const;

 private:
  std::vector<TransformStep> steps_;
  bool is_pure_;
  Duration asking_time_{};
};

}  // namespace signalbox::pipeline
