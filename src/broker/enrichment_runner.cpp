#include "broker/enrichment_runner.hpp"

#include <algorithm>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <exception>
#include <utility>

#include "base/log.hpp"
#include "delivery/retry_schedule.hpp"

namespace signalbox::broker {

namespace asio = boost::asio;
namespace log = base::log;

namespace {

using OnError = pipeline::EnrichmentPolicy::OnError;

delivery::RetryPolicy schedule_of(const pipeline::EnrichmentPolicy& policy) {
  delivery::RetryPolicy schedule;
  schedule.attempts = policy.attempts;
  schedule.initial = std::min(policy.initial, policy.max);
  schedule.factor = policy.factor;
  schedule.max = policy.max;
  return schedule;
}

Enriched without_answer(Outcome outcome) {
  Enriched enriched;
  enriched.outcome = std::move(outcome);
  return enriched;
}

}  // namespace

/// While it lives, others who ask the same wait for what comes of this question.
class EnrichmentRunner::Leading {
 public:
  Leading(EnrichmentRunner& runner, const std::string& key)
      : runner_(runner), key_(key), flight_(std::make_shared<Flight>(runner.strand_)) {
    runner_.flights_.emplace(key_, flight_);
  }
  ~Leading() {
    if (flight_->end == Flight::End::under_way) flight_->end = Flight::End::cut_off;
    runner_.flights_.erase(key_);
    flight_->over.notify();
  }
  Leading(const Leading&) = delete;
  Leading& operator=(const Leading&) = delete;
  Flight& flight() const { return *flight_; }

 private:
  EnrichmentRunner& runner_;
  const std::string& key_;
  std::shared_ptr<Flight> flight_;
};

EnrichmentRunner::EnrichmentRunner(asio::any_io_executor strand, Clock& clock, std::mt19937_64& random,
                                   Name name, pipeline::EnrichmentPolicy policy, Way way)
    : strand_(std::move(strand)),
      clock_(clock),
      random_(random),
      name_(std::move(name)),
      policy_(std::move(policy)),
      way_(std::move(way)),
      figures_(std::make_shared<EnrichmentFigures>(name_.rule, policy_.target, name_.step + 1)) {
  if (policy_.cache) cache_.emplace(policy_.cache->entries, policy_.cache->bytes);
}

asio::awaitable<Enriched> EnrichmentRunner::ask(const pipeline::EnrichmentStep& step,
                                                const pipeline::EnrichmentCall& call, TimePoint deadline) {
  const bool alike = cache_ && !call.key.empty() && call.key.size() <= EnrichmentCache::kKeyBytesMax;
  if (!alike) co_return co_await ask_until(step, call, deadline);
  for (;;) {
    if (auto known = cache_->find(call.key, clock_.now())) {
      figures_->hit();
      Enriched enriched;
      enriched.outcome = Outcome::delivered(0);
      enriched.answer = std::move(known);
      co_return enriched;
    }
    const auto under_way = flights_.find(call.key);
    if (under_way == flights_.end()) co_return co_await ask_for_all(step, call, deadline);
    const auto flight = under_way->second;
    const bool over = co_await wait_for(*flight, deadline);
    if (!over) co_return without_answer(Outcome::failed(0, "no answer to the same question in time"));
    if (flight->end == Flight::End::alone) co_return co_await ask_until(step, call, deadline);
    if (flight->end != Flight::End::shared) continue;
    if (flight->enriched.answer) figures_->hit();
    co_return flight->enriched;
  }
}

asio::awaitable<bool> EnrichmentRunner::wait_for(Flight& flight, TimePoint deadline) {
  using namespace asio::experimental::awaitable_operators;
  while (flight.end == Flight::End::under_way) {
    if (clock_.now() >= deadline) co_return false;
    co_await (flight.over.wait() || clock_.sleep_until(deadline));
  }
  co_return true;
}

asio::awaitable<Enriched> EnrichmentRunner::ask_for_all(const pipeline::EnrichmentStep& step,
                                                        const pipeline::EnrichmentCall& call,
                                                        TimePoint deadline) {
  figures_->missed();
  const Leading leading(*this, call.key);
  auto& flight = leading.flight();
  flight.enriched = co_await ask_until(step, call, deadline);
  keep(call.key, flight);
  co_return flight.enriched;
}

/// What the target allows to be kept is everybody's; a failure is, too, as all would run into it one after
/// the other.
void EnrichmentRunner::keep(const std::string& key, Flight& flight) {
  flight.end = Flight::End::shared;
  const auto& answer = flight.enriched.answer;
  if (!answer) return;
  const auto life = std::min(policy_.cache->keep_for, answer->fresh_for.value_or(policy_.cache->keep_for));
  if (life <= Duration::zero()) {
    flight.end = Flight::End::alone;
    return;
  }
  cache_->put(key, answer, clock_.now() + life);
  figures_->cached(cache_->entries(), cache_->bytes());
}

/// Tries until there is an answer, a final one, or no more time; a target that wishes for a longer pause than
/// the step makes has the delivery wait for it.
asio::awaitable<Enriched> EnrichmentRunner::ask_until(const pipeline::EnrichmentStep& step,
                                                      const pipeline::EnrichmentCall& call,
                                                      TimePoint deadline) {
  const auto schedule = schedule_of(policy_);
  std::uniform_real_distribution<double> uniform(0, 1);
  for (unsigned attempt = 1;; ++attempt) {
    const auto attempt_deadline = std::min(deadline, clock_.now() + policy_.timeout);
    auto enriched = co_await ask_once(step, call.request, attempt, attempt_deadline);
    if (enriched.outcome.kind != Outcome::Kind::failed) co_return enriched;
    const auto decision =
        delivery::decide(schedule, enriched.outcome, attempt, Duration::zero(), uniform(random_));
    const auto next = clock_.now() + decision.wait;
    const bool again =
        decision.kind == delivery::Decision::Kind::retry && decision.wait <= policy_.max && next < deadline;
    if (!again) co_return enriched;
    co_await clock_.sleep_until(next);
  }
}

asio::awaitable<Enriched> EnrichmentRunner::ask_once(const pipeline::EnrichmentStep& step,
                                                     const EnrichmentRequest& request, unsigned attempt,
                                                     TimePoint deadline) {
  const auto way = way_;  // a reload may replace it meanwhile
  if (!way.target || !way.target->enricher())
    co_return without_answer(Outcome::rejected(0, "is no target that answers"));
  Permit permit;
  auto admitted = co_await acquire(*way.gate, permit, deadline);
  if (admitted.kind != Outcome::Kind::delivered) co_return without_answer(std::move(admitted));
  const auto began = clock_.now();
  auto reply = co_await call(*way.target, request, attempt, deadline);
  permit.report(reply.outcome, clock_.now());
  if (reply.outcome.kind == Outcome::Kind::delivered)
    if (const auto usable = step.judge(reply.answer); !usable)
      reply.outcome = Outcome::rejected(reply.outcome.status, usable.error().message);
  figures_->called(clock_.now() - began);
  if (reply.outcome.kind != Outcome::Kind::delivered) figures_->failed();
  auto enriched = without_answer(std::move(reply.outcome));
  if (enriched.outcome.kind == Outcome::Kind::delivered)
    enriched.answer = std::make_shared<const EnrichmentAnswer>(std::move(reply.answer));
  co_return enriched;
}

/// A target that throws, whatever it was asked or said, costs this attempt and nothing else.
asio::awaitable<EnrichmentReply> EnrichmentRunner::call(Target& target, const EnrichmentRequest& request,
                                                        unsigned attempt, TimePoint deadline) {
  std::string thrown;
  try {
    co_return co_await target.enricher()->ask(request, attempt, deadline);
  } catch (const std::exception& error) {
    if (base::is_cancellation(std::current_exception())) throw;
    thrown = error.what();
  }
  log::error("enrichment.exception", "tenant={} channel={} rule={} target={} error={}", name_.channel.tenant,
             name_.channel.channel, name_.rule, policy_.target, log::quoted(thrown));
  EnrichmentReply reply;
  reply.outcome = Outcome::failed(0, "internal error: " + thrown);
  co_return reply;
}

/// `delivered`: `permit` is one.
asio::awaitable<Outcome> EnrichmentRunner::acquire(TargetGate& gate, Permit& permit, TimePoint deadline) {
  using namespace asio::experimental::awaitable_operators;
  const auto waiter = std::make_shared<GateWaiter>(strand_);
  const GateWaiting waiting(gate, waiter);
  for (;;) {
    auto answer = gate.acquire(waiter, clock_.now());
    switch (answer.kind) {
      case TargetGate::Answer::Kind::granted:
        permit = std::move(answer.permit);
        co_return Outcome::delivered(0);
      case TargetGate::Answer::Kind::queued:
        while (!waiter->granted) {
          if (clock_.now() >= deadline)
            co_return Outcome::failed(0, "no turn in time: as much as it may have is under way");
          co_await (waiter->wakeup->wait() || clock_.sleep_until(deadline));
        }
        break;
      case TargetGate::Answer::Kind::later:
        if (answer.at >= deadline) {
          const auto circuit = gate.snapshot().circuit;
          const auto why =
              circuit == "closed" ? std::string("its rate is used up") : "its circuit is " + circuit;
          co_return Outcome::failed(0, "not asked: " + why, answer.at - clock_.now());
        }
        co_await clock_.sleep_until(answer.at);
        break;
    }
  }
}

std::optional<TimePoint> EnrichmentRunner::closed_until(TimePoint now) const {
  const bool needed = !policy_.cache && policy_.on_error == OnError::dead_letter;
  return needed && way_.gate ? way_.gate->closed_until(now) : std::nullopt;
}

}  // namespace signalbox::broker
