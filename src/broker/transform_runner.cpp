#include "broker/transform_runner.hpp"

#include <exception>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/wakeup.hpp"
#include "base/with_deadline.hpp"
#include "delivery/dead_letter.hpp"
#include "pipeline/transform_run.hpp"

namespace signalbox::broker {

namespace asio = boost::asio;

namespace {

using Texts = std::vector<std::string>;
using OnError = pipeline::EnrichmentPolicy::OnError;

constexpr std::size_t kDetailBytesMax = 512;  // Outcome::detail

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

asio::awaitable<Result<Texts>> run_program(ProgramRunner* programs, const pipeline::ProgramCall& call, Clock& clock,
                                           TimePoint deadline) {
  if (programs == nullptr) co_return Error(Errc::unsupported, "there is nothing here that runs programs");
  auto running = run_guarded(*programs, call, deadline);
  auto results = co_await base::with_deadline(std::move(running), clock, deadline);
  if (!results) co_return Error(Errc::timed_out, "the program did not end in time");
  co_return std::move(*results);
}

/// What an event that goes on without its answer says of it: nothing that the target has said.
std::string brief_of(const std::string& target, const Outcome& outcome) {
  if (outcome.status >= 300) return target + ": HTTP " + std::to_string(outcome.status);
  if (outcome.status > 0) return target + ": " + outcome.detail;  // in our own words
  return target + ": no answer";
}

Outcome transform_failed(const std::string& message, unsigned status) {
  auto outcome = Outcome::rejected_because(delivery::reason::kTransformFailed, message.substr(0, kDetailBytesMax));
  outcome.status = status;
  return outcome;
}

/// One event's way through a transform.
class Run {
 public:
  Run(const pipeline::Transformer& transformer, const Event& event, const pipeline::TransformContext& context,
      const TransformServices& services, TimePoint deadline)
      : transformer_(transformer), services_(services), deadline_(deadline), steps_(transformer, event, context) {}

  asio::awaitable<TransformResult> to_the_end() {
    while (const auto call = steps_.advance()) {
      if (const auto* program = std::get_if<pipeline::ProgramCall>(&*call)) co_await compute(*program);
      else co_await enrich(std::get<pipeline::EnrichmentCall>(*call));
    }
    co_return result();
  }

 private:
  asio::awaitable<void> compute(const pipeline::ProgramCall& call) {
    const auto results = co_await run_program(services_.programs, call, services_.clock, deadline_);
    if (results) co_return steps_.answer(*results);
    const auto& error = results.error();
    if (error.code == Errc::overloaded || error.code == Errc::cancelled) last_ = Outcome::failed(0, error.message);
    steps_.fail_call(error);
  }

  asio::awaitable<void> enrich(const pipeline::EnrichmentCall& call) {
    const auto& step = *std::get<std::unique_ptr<const pipeline::EnrichmentStep>>(transformer_.steps()[call.step]);
    const auto& target = step.policy().target;
    const auto enriched = co_await ask(step, call);
    if (enriched.answer) co_return steps_.answer(*enriched.answer);
    if (step.policy().on_error == OnError::dead_letter) last_ = enriched.outcome;
    const auto brief = brief_of(target, enriched.outcome);
    steps_.fail_call(Error(Errc::network, target + ": " + enriched.outcome.detail), brief);
  }

  asio::awaitable<Enriched> ask(const pipeline::EnrichmentStep& step, const pipeline::EnrichmentCall& call) {
    const auto* runners = services_.enrichments;
    const auto runner = runners && call.step < runners->size() ? (*runners)[call.step] : nullptr;
    if (runner) co_return co_await runner->ask(step, call, deadline_);
    Enriched nobody;
    nobody.outcome = Outcome::rejected(0, "there is nobody here to ask it");
    co_return nobody;
  }

  TransformResult result() {
    auto made = steps_.take();
    if (made) return std::move(*made);
    const auto& message = made.error().message;
    if (!last_) return transform_failed(message, 0);
    if (last_->kind != Outcome::Kind::failed) return transform_failed(message, last_->status);
    last_->detail = message.substr(0, kDetailBytesMax);
    return std::move(*last_);
  }

  const pipeline::Transformer& transformer_;
  const TransformServices& services_;
  const TimePoint deadline_;
  pipeline::TransformRun steps_;
  std::optional<Outcome> last_;  // of the call that ended the run
};

}  // namespace

TransformResult result_of(Result<pipeline::Transformed> made) {
  if (made) return std::move(*made);
  return transform_failed(made.error().message, 0);
}

asio::awaitable<TransformResult> run_transform(const pipeline::Transformer& transformer, const Event& event,
                                               const pipeline::TransformContext& context, TransformServices services,
                                               TimePoint deadline) {
  Run run(transformer, event, context, services, deadline);
  co_return co_await run.to_the_end();
}

}  // namespace signalbox::broker
