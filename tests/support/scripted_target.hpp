#pragma once
#include <algorithm>
#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "signalbox/clock.hpp"
#include "signalbox/target.hpp"

namespace signalbox::test {

/// A Target that answers by script and remembers who was sent when, in the time of the clock it was given.
///
///     ScriptedTarget target(clock);
///     target.then(Outcome::failed(503, "later")).then_event("e-7", Outcome::rejected(400, "no"));
///
/// A call takes its answer from, in this order: the script of its first event's id, the script of calls,
/// otherwise(). Single-threaded.
class ScriptedTarget final : public Target {
 public:
  /// One event of one call.
  struct Sent {
    std::string id;
    unsigned attempt = 0;
    TimePoint began, deadline;
    std::size_t call = 0;  ///< events with the same number travelled together
    std::optional<RawBody> raw;
    Event event{};
    bool together = false;   ///< as one batch with the others of the call
  };

  explicit ScriptedTarget(Clock& clock, std::size_t max_batch = 1) : clock_(clock), max_batch_(max_batch) {}

  /// The answer to the next call that no other step waits for; it arrives after `takes`.
  ScriptedTarget& then(Outcome outcome, Duration takes = {}) {
    calls_.emplace_back(std::move(outcome), takes);
    return *this;
  }
  /// The answer to the next call whose first event has that id.
  ScriptedTarget& then_event(const std::string& id, Outcome outcome, Duration takes = {}) {
    events_[id].emplace_back(std::move(outcome), takes);
    return *this;
  }
  /// The answer to all other calls: delivered at once unless set.
  ScriptedTarget& otherwise(Outcome outcome, Duration takes = {}) {
    otherwise_ = Step(std::move(outcome), takes);
    return *this;
  }

  const std::vector<Sent>& sent() const { return sent_; }
  std::size_t calls() const { return call_; }
  std::size_t under_way() const { return under_way_; }
  std::size_t most_under_way() const { return most_under_way_; }
  bool closed() const { return closed_; }

  /// The ids in the order in which their events were sent, repeats included.
  std::vector<std::string> ids() const {
    std::vector<std::string> ids;
    for (const auto& sent : sent_) ids.push_back(sent.id);
    return ids;
  }
  /// When the event of that id was sent, once for each attempt.
  std::vector<TimePoint> times_of(const std::string& id) const {
    std::vector<TimePoint> times;
    for (const auto& sent : sent_)
      if (sent.id == id) times.push_back(sent.began);
    return times;
  }

  std::size_t max_batch() const override { return max_batch_; }

  /// Fails with "timed out" at the deadline when the script's answer takes longer.
  boost::asio::awaitable<Outcome> deliver(std::span<const Shipment> events, TimePoint deadline) override {
    const auto began = clock_.now();
    for (const auto& shipment : events) {
      sent_.push_back(Sent{std::string(shipment.event->id()), shipment.attempt, began, deadline, call_, {}});
      if (shipment.raw) sent_.back().raw = *shipment.raw;
      sent_.back().event = *shipment.event;
      sent_.back().together = shipment.together;
    }
    ++call_;
    const auto step = next_step(std::string(events.front().event->id()));
    const UnderWay entry(*this);
    const bool in_time = step.takes <= deadline - began;
    const auto answered = in_time ? began + step.takes : deadline;
    co_await clock_.sleep_until(answered);
    if (!in_time) co_return Outcome::failed(0, "timed out");
    co_return step.outcome;
  }

  void close() override { closed_ = true; }

 private:
  struct Step {
    Step(Outcome o, Duration t) : outcome(std::move(o)), takes(t) {}
    Outcome outcome;
    Duration takes;
  };
  /// Counts a call while it lives, cancelled ones too.
  struct UnderWay {
    explicit UnderWay(ScriptedTarget& t) : target(t) {
      target.most_under_way_ = std::max(target.most_under_way_, ++target.under_way_);
    }
    ~UnderWay() { --target.under_way_; }
    UnderWay(const UnderWay&) = delete;
    UnderWay& operator=(const UnderWay&) = delete;
    ScriptedTarget& target;
  };

  static Step take_first(std::deque<Step>& steps) {
    auto step = std::move(steps.front());
    steps.pop_front();
    return step;
  }
  Step next_step(const std::string& id) {
    if (const auto found = events_.find(id); found != events_.end() && !found->second.empty())
      return take_first(found->second);
    if (!calls_.empty()) return take_first(calls_);
    return otherwise_;
  }

  Clock& clock_;
  std::size_t max_batch_;
  std::deque<Step> calls_;
  std::map<std::string, std::deque<Step>> events_;
  Step otherwise_ = Step(Outcome::delivered(200), Duration::zero());
  std::vector<Sent> sent_;
  std::size_t call_ = 0, under_way_ = 0, most_under_way_ = 0;
  bool closed_ = false;
};

}  // namespace signalbox::test
