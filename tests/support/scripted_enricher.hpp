#pragma once
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "signalbox/enricher.hpp"
#include "signalbox/target_factory.hpp"

namespace signalbox::test {

/// A Target that answers questions by script, in the time of the clock it was given, and takes every event.
/// Single-threaded.
class ScriptedEnricher final : public Target, public Enricher {
 public:
  struct Asked {
    std::string path, id;
    unsigned attempt = 1;
    TimePoint at{}, deadline{};
  };

  explicit ScriptedEnricher(Clock& clock) : clock_(clock) {}

  /// The next question that no other step waits for is answered so, after `takes`.
  ScriptedEnricher& then(EnrichmentReply reply, Duration takes = {}) {
    steps_.emplace_back(std::move(reply), takes);
    return *this;
  }
  ScriptedEnricher& then(Outcome outcome, Duration takes = {}) {
    EnrichmentReply reply;
    reply.outcome = std::move(outcome);
    return then(std::move(reply), takes);
  }
  /// All others; `{"known":true}` at once unless set.
  ScriptedEnricher& otherwise(EnrichmentReply reply, Duration takes = {}) {
    otherwise_ = {std::move(reply), takes};
    return *this;
  }
  /// Called with each question, before it is answered.
  std::function<void()> on_ask;

  static EnrichmentReply says(std::string json) {
    EnrichmentReply reply;
    reply.outcome = Outcome::delivered(200);
    reply.answer.headers = {{"content-type", "application/json"}};
    reply.answer.body = std::move(json);
    return reply;
  }

  const std::vector<Asked>& asked() const { return asked_; }
  std::size_t most_under_way() const { return most_under_way_; }

  Enricher* enricher() override { return this; }
  boost::asio::awaitable<EnrichmentReply> ask(const EnrichmentRequest& request, unsigned attempt,
                                              TimePoint deadline) override {
    const auto began = clock_.now();
    asked_.push_back({request.path, std::string(request.event->id()), attempt, began, deadline});
    if (on_ask) on_ask();
    auto step = otherwise_;
    if (!steps_.empty()) {
      step = std::move(steps_.front());
      steps_.pop_front();
    }
    const UnderWay entry(*this);
    const bool in_time = step.second <= deadline - began;
    const auto answered = in_time ? began + step.second : deadline;
    co_await clock_.sleep_until(answered);
    if (!in_time) step.first.outcome = Outcome::failed(0, "timed out");
    co_return std::move(step.first);
  }
  boost::asio::awaitable<Outcome> deliver(std::span<const Shipment>, TimePoint) override {
    ++delivered_;
    co_return Outcome::delivered(200);
  }

 private:
  using Step = std::pair<EnrichmentReply, Duration>;
  struct UnderWay {
    explicit UnderWay(ScriptedEnricher& e) : enricher(e) {
      enricher.most_under_way_ = std::max(enricher.most_under_way_, ++enricher.under_way_);
    }
    ~UnderWay() { --enricher.under_way_; }
    UnderWay(const UnderWay&) = delete;
    UnderWay& operator=(const UnderWay&) = delete;
    ScriptedEnricher& enricher;
  };

  Clock& clock_;
  std::deque<Step> steps_;
  Step otherwise_{says(R"({"known":true})"), Duration::zero()};
  std::vector<Asked> asked_;
  std::size_t under_way_ = 0, most_under_way_ = 0, delivered_ = 0;
};

/// Makes targets that all are the one script.
class EnricherPlan final : public TargetPlan {
 public:
  EnricherPlan(std::shared_ptr<ScriptedEnricher> script, TargetLimits limits, std::string fingerprint)
      : script_(std::move(script)), limits_(limits), fingerprint_(std::move(fingerprint)) {}
  TargetLimits limits() const override { return limits_; }
  const std::string& fingerprint() const override { return fingerprint_; }
  std::string describe() const override { return "a script"; }
  bool can_enrich() const override { return true; }
  std::unique_ptr<Target> make(TargetContext) const override { return std::make_unique<Shared>(script_); }

 private:
  class Shared final : public Target {
   public:
    explicit Shared(std::shared_ptr<ScriptedEnricher> script) : script_(std::move(script)) {}
    Enricher* enricher() override { return script_->enricher(); }
    boost::asio::awaitable<Outcome> deliver(std::span<const Shipment> events, TimePoint deadline) override {
      return script_->deliver(events, deadline);
    }

   private:
    std::shared_ptr<ScriptedEnricher> script_;
  };

  std::shared_ptr<ScriptedEnricher> script_;
  TargetLimits limits_;
  std::string fingerprint_;
};

}  // namespace signalbox::test
