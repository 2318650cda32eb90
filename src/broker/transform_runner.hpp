#pragma once
#include <boost/asio/awaitable.hpp>
#include <variant>

#include "broker/enrichment_runner.hpp"
#include "pipeline/transformer.hpp"
#include "signalbox/clock.hpp"
#include "signalbox/program_runner.hpp"
#include "signalbox/target.hpp"

namespace signalbox::broker {

/// What came of an event, or what becomes of the delivery because nothing did.
using TransformResult = std::variant<pipeline::Transformed, Outcome>;

/// What a pure transform made of an event.
TransformResult result_of(Result<pipeline::Transformed> made);

/// Who does what a transform cannot do by itself.
struct TransformServices {
  ProgramRunner* programs = nullptr;                ///< nullptr: there is nobody to run them
  const EnrichmentRunners* enrichments = nullptr;   ///< of the transform; nullptr: it asks nobody
  Clock& clock;
};

/// Takes an event through a transform some of whose steps are programs or ask a target, one after the other; for pure
/// ones Transformer::apply does without waiting.
///
/// Waits at most until `deadline`.  Cancellation: terminal; throws operation_aborted.
/// The outcome is `failed` when a later attempt may make something of the event: a target that did not answer, programs
/// that nobody had time for.  Otherwise it is `rejected` as a transform that failed.  Whoever throws costs this event
/// its transform and nothing else.
boost::asio::awaitable<TransformResult> run_transform(const pipeline::Transformer& transformer, const Event& event,
                                                      const pipeline::TransformContext& context,
                                                      TransformServices services, TimePoint deadline);

}  // namespace signalbox::broker
