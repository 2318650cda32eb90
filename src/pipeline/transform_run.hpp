#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/transformer.hpp"

namespace signalbox::pipeline {

/// One event on its way through a transform.  Does what is pure by itself and stops where somebody else has to
/// do something: run a program, ask a target.
///
///     TransformRun run(transformer, event, context);
///     while (auto call = run.advance()) {
///       run.answer(/* what came of *call */);  // or run.fail_call(/* why nothing did */);
///     }
///     auto made = run.take();
///
/// Where a step makes several events of one, those that still have that one's id get theirs by place:
/// `<id>/1`,
/// `<id>/2`, …; the same event therefore gives the same ids each time.  All references outlive the run.
class TransformRun {
 public:
  static constexpr std::size_t kEventsMax = 1'000;    ///< after any step, out of one event
  static constexpr std::size_t kBytesMax = 8u << 20;  ///< of those events together

  TransformRun(const Transformer& transformer, const Event& event, const TransformContext& context)
      : transformer_(transformer), event_(event), context_(context) {}
  TransformRun(const TransformRun&) = delete;
  TransformRun& operator=(const TransformRun&) = delete;

  /// What must be done next; nullopt at the end.
  std::optional<ExternalCall> advance();

  /// What the program said.  REQUIRES: advance() has just asked for one.
  void answer(const std::vector<std::string>& results);
  /// What the target said.  REQUIRES: advance() has just asked for that.
  void answer(const EnrichmentAnswer& answer);
  /// Nothing came of the call.  `brief` is what an event that goes on without an answer says of it, where
  /// that is less than the whole error.  REQUIRES: advance() has just asked for it.
  void fail_call(const Error& error, std::string_view brief = {});

  /// What came of the event.  REQUIRES: advance() has returned nullopt.
  /// Errors: those of the steps, with the number of the step where there are several; too_large beyond the
  /// bounds; invalid_argument when two events have one source and id.
  Result<Transformed> take();

 private:
  bool is_over() const { return error_ || step_ == transformer_.steps().size(); }
  std::size_t input_count() const { return step_ == 0 ? 1 : current_.size(); }
  const Event& input() const { return step_ == 0 ? event_ : current_[at_].event; }
  void end_step();
  const EnrichmentStep* enrichment() const;
  void accept(Result<Transformed> made);
  void fail(const Error& error);

  const Transformer& transformer_;
  const Event& event_;
  const TransformContext& context_;
  std::size_t step_ = 0;  ///< the one at work
  std::size_t at_ = 0;    ///< the one of its inputs that is at hand
  Transformed current_;   ///< its inputs, but for the first step
  Transformed next_;      ///< what it has made so far
  std::size_t next_bytes_ = 0;
  std::optional<Error> error_;
};

}  // namespace signalbox::pipeline
