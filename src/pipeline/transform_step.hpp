#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "pipeline/transform_context.hpp"
#include "pipeline/transformed.hpp"
#include "signalbox/error.hpp"
#include "signalbox/event.hpp"

namespace signalbox::pipeline {

/// A step that is a function of the event.  Compiled: immutable, thread-safe.
class PureStep {
 public:
  virtual ~PureStep() = default;
  /// An error makes the delivery a dead letter with its message as the reason, never a silent drop.
  virtual Result<Transformed> apply(const Event& event, const TransformContext& context) const = 0;
};

/// A program to be run outside of this process, and what it reads.
struct ProgramCall {
  std::string_view program;  ///< lives as long as its step
  std::string input;         ///< JSON
};

/// A step that a program computes.  What the program reads, and what its answer comes to, are functions;
/// whoever runs the transform waits for the program between the two.  Compiled: immutable, thread-safe.
class ProgramStep {
 public:
  virtual ~ProgramStep() = default;
  /// Its text; lives as long as the step.
  virtual std::string_view program() const = 0;
  virtual ProgramCall call(const Event& event, const TransformContext& context) const = 0;
  /// `results` are the JSON texts that the program gave for `event`, in their order; they are not trusted.
  virtual Result<Transformed> accept(const std::vector<std::string>& results, const Event& event,
                                     const TransformContext& context) const = 0;
};

using TransformStep = std::variant<std::unique_ptr<const PureStep>, std::unique_ptr<const ProgramStep>>;

}  // namespace signalbox::pipeline
