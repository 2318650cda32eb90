#include "broker/dead_letter_target.hpp"

#include <string>

#include "delivery/dead_letter.hpp"

namespace signalbox::broker {
namespace {

class DeadLetterTarget final : public Target {
 public:
  boost::asio::awaitable<Outcome> deliver(std::span<const Shipment>, TimePoint) override {
    co_return Outcome::rejected_because(delivery::reason::kUnrouted, "nothing is there to take the event");
  }
};

class DeadLetterTargetPlan final : public TargetPlan {
 public:
  TargetLimits limits() const override { return {}; }
  const std::string& fingerprint() const override { return name_; }
  std::string describe() const override { return "keeps events as dead letters"; }
  std::unique_ptr<Target> make(TargetContext) const override { return std::make_unique<DeadLetterTarget>(); }

 private:
  const std::string name_ = kDeadLetterTarget;
};

}  // namespace

std::shared_ptr<const TargetPlan> make_dead_letter_target() {
  return std::make_shared<DeadLetterTargetPlan>();
}

}  // namespace signalbox::broker
