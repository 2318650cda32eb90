#include "broker/dead_letter_target.hpp"

#include <string>
#include <utility>

#include "delivery/dead_letter.hpp"
#include "schema/event_schemas.hpp"

namespace signalbox::broker {
namespace {

/// What a delivery of an event comes to.
using Verdict = Outcome (*)(const Event& event);

Outcome unrouted(const Event&) {
  return Outcome::rejected_because(delivery::reason::kUnrouted, "nothing is there to take the event");
}

Outcome invalid(const Event& event) {
  return Outcome::rejected_because(delivery::reason::kInvalidData, std::string(event.value(schema::kFaultAttribute)));
}

class DeadLetterTarget final : public Target {
 public:
  explicit DeadLetterTarget(Verdict verdict) : verdict_(verdict) {}
  boost::asio::awaitable<Outcome> deliver(std::span<const Shipment> shipments, TimePoint) override {
    co_return verdict_(*shipments.front().event);
  }

 private:
  const Verdict verdict_;
};

class DeadLetterTargetPlan final : public TargetPlan {
 public:
  DeadLetterTargetPlan(std::string name, Verdict verdict) : name_(std::move(name)), verdict_(verdict) {}
  TargetLimits limits() const override { return {}; }
  const std::string& fingerprint() const override { return name_; }
  std::string describe() const override { return "keeps events as dead letters"; }
  std::unique_ptr<Target> make(TargetContext) const override { return std::make_unique<DeadLetterTarget>(verdict_); }

 private:
  const std::string name_;
  const Verdict verdict_;
};

}  // namespace

std::shared_ptr<const TargetPlan> make_dead_letter_target() {
  return std::make_shared<DeadLetterTargetPlan>(kDeadLetterTarget, &unrouted);
}

std::shared_ptr<const TargetPlan> make_invalid_target() {
  return std::make_shared<DeadLetterTargetPlan>(kInvalidTarget, &invalid);
}

}  // namespace signalbox::broker
