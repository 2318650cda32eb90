#pragma once
#include <memory>
#include <string>

#include "signalbox/target_factory.hpp"

namespace signalbox::connector::channel {

/// A target that is another channel of the tenant.
class ChannelTargetPlan final : public TargetPlan {
 public:
  ChannelTargetPlan(std::string channel, TargetLimits limits)
      : channel_(std::move(channel)), limits_(limits) {}

  const std::string& channel() const { return channel_; }

  TargetLimits limits() const override { return limits_; }
  const std::string& fingerprint() const override { return channel_; }
  std::string describe() const override { return "channel " + channel_; }
  std::unique_ptr<Target> make(TargetContext context) const override;

 private:
  const std::string channel_;
  const TargetLimits limits_;
};

/// Reads `{ channel: billing }` and `{ channel: { name: billing, rate: 100/s } }`.  Whether there is such a
/// channel is for others to say.
class ChannelTargetFactory final : public TargetFactory {
 public:
  std::shared_ptr<const TargetPlan> read(const ConfigNode& node, Diagnostics& out) const override;
};

}  // namespace signalbox::connector::channel
