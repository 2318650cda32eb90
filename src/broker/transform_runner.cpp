#include "broker/transform_runner.hpp"

#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "base/wakeup.hpp"
#include "base/with_deadline.hpp"
#include "pipeline/transform_run.hpp"

namespace signalbox::broker {

namespace asio = boost::asio;

namespace {

using Texts = std::vector<std::string>;

/// A runner that throws has failed with this program, no more.
asio::awaitable<Result<Texts>> run_guarded(ProgramRunner& programs, const pipeline::ProgramCall& call,
                                           TimePoint deadline) {
  std::string thrown;
  try {
    co_return co_await programs.run(call.program, call.input, deadline);
  } catch (const std::exception& error) {
    if (base::is_cancellation(std::current_exception())) throw;
    thrown = error.what();
  }
  co_return Error(Errc::unsupported, "internal error: " + thrown);
}

asio::awaitable<Result<Texts>> run_program(ProgramRunner& programs, const pipeline::ProgramCall& call, Clock& clock,
                                           TimePoint deadline) {
  auto running = run_guarded(programs, call, deadline);
  auto results = co_await base::with_deadline(std::move(running), clock, deadline);
  if (!results) co_return Error(Errc::timed_out, "the program did not end in time");
  co_return std::move(*results);
}

}  // namespace

asio::awaitable<Result<pipeline::Transformed>> run_transform(const pipeline::Transformer& transformer,
                                                             const Event& event,
                                                             const pipeline::TransformContext& context,
                                                             ProgramRunner* programs, Clock& clock,
                                                             TimePoint deadline) {
  pipeline::TransformRun run(transformer, event, context);
  for (auto call = run.advance(); call; call = run.advance()) {
    if (programs == nullptr) co_return Error(Errc::unsupported, "there is nothing here that runs programs");
    const auto results = co_await run_program(*programs, *call, clock, deadline);
    run.answer(results);
  }
  co_return run.take();
}

}  // namespace signalbox::broker
