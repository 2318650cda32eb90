#pragma once
#include <boost/asio/awaitable.hpp>

#include "pipeline/transformer.hpp"
#include "signalbox/clock.hpp"
#include "signalbox/program_runner.hpp"

namespace signalbox::broker {

/// Takes an event through a transform some of whose steps are programs, one after the other; for pure ones
/// Transformer::apply does without waiting.
///
/// `programs`: nullptr when there is nobody to run them.  Waits at most until `deadline`.
/// Cancellation: terminal; throws operation_aborted.
/// Errors: those of the steps and of `programs`; timed_out at the deadline; unsupported without `programs`.  A runner
/// that throws costs this event its transform and nothing else.
boost::asio::awaitable<Result<pipeline::Transformed>> run_transform(const pipeline::Transformer& transformer,
                                                                    const Event& event,
                                                                    const pipeline::TransformContext& context,
                                                                    ProgramRunner* programs, Clock& clock,
                                                                    TimePoint deadline);

}  // namespace signalbox::broker
