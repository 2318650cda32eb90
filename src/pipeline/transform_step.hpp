#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "pipeline/transform_context.hpp"
#include "pipeline/transformed.hpp"
#include "signalbox/enricher.hpp"
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

/// How an enrichment asks its target; for whoever asks.
struct EnrichmentPolicy {
  enum class OnError : std::uint8_t {
    dead_letter,  ///< a final answer ends the delivery; after a temporary one it is retried as the rule says
    proceed,      ///< the event goes on as it is, with an attribute that says so
  };
  struct Cache {
    Duration keep_for{};
    std::size_t entries = 10'000;
    std::size_t bytes = 16 << 20;  ///< of keys and answers together
  };

  std::string target;                          ///< its name
  Duration timeout = std::chrono::seconds(2);  ///< of one attempt, waiting for its turn included
  std::uint32_t attempts = 3;                  ///< in all, before the delivery fails
  Duration initial = std::chrono::milliseconds(100);
  double factor = 2;
  Duration max = std::chrono::seconds(1);      ///< between two attempts
  std::optional<Cache> cache;
  OnError on_error = OnError::dead_letter;

  /// All attempts and the waits between them.
  Duration longest() const { return timeout * attempts + max * (attempts - 1); }
};

/// A question to be asked.
struct EnrichmentCall {
  std::size_t step = 0;       ///< of the transformer; set by the run
  EnrichmentRequest request;  ///< refers to the event
  std::string key;            ///< of equal questions; "": this one is like no other
};

/// A step that asks a target about the event.  The question, and what its answer comes to, are functions; whoever
/// runs the transform asks between the two.  Compiled: immutable, thread-safe.
class EnrichmentStep {
 public:
  virtual ~EnrichmentStep() = default;
  virtual const EnrichmentPolicy& policy() const = 0;
  /// Equal for two steps that ask alike and read alike.
  virtual const std::string& identity() const = 0;
  /// Errors: the event does not have what the question needs.
  virtual Result<EnrichmentCall> call(const Event& event, const TransformContext& context) const = 0;
  /// Whether an answer can be used at all, whatever the event; it is not trusted.
  virtual Status judge(const EnrichmentAnswer& answer) const = 0;
  virtual Result<Transformed> accept(const EnrichmentAnswer& answer, const Event& event) const = 0;
  /// The event as it goes on with on_error: proceed.
  virtual Event without_answer(const Event& event, std::string_view why) const = 0;
};

using TransformStep = std::variant<std::unique_ptr<const PureStep>, std::unique_ptr<const ProgramStep>,
                                   std::unique_ptr<const EnrichmentStep>>;

/// What somebody else must do before a transform can go on.
using ExternalCall = std::variant<ProgramCall, EnrichmentCall>;

}  // namespace signalbox::pipeline
