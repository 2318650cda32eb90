#include "connector/channel/channel_target_factory.hpp"

#include <utility>

#include "connector/channel/channel_target.hpp"

namespace signalbox::connector::channel {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kConcurrencyMost = 10'000;

/// A sync of the log serves all that are under way: more of them at once cost little.
TargetLimits default_limits() {
  TargetLimits limits;
  limits.concurrency = 256;
  limits.timeout = 30s;
  return limits;
}

}  // namespace

std::unique_ptr<Target> ChannelTargetPlan::make(TargetContext context) const {
  return std::make_unique<ChannelTarget>(channel_, std::move(context));
}

std::shared_ptr<const TargetPlan> ChannelTargetFactory::read(const ConfigNode& node, Diagnostics& out) const {
  auto limits = default_limits();
  if (node.kind() == ConfigNode::Kind::scalar)
    return std::make_shared<ChannelTargetPlan>(node.text(), limits);
  Diagnostics faults;
  std::string name;
  std::uint64_t concurrency = limits.concurrency;
  ConfigReader read(node, faults);
  if (const auto* given = read.require("name")) {
    if (given->kind() == ConfigNode::Kind::scalar)
      name = given->text();
    else
      read.fault("name", "expected the name of a channel, got " + given->describe());
  }
  read("concurrency", concurrency, std::uint64_t{1}, std::uint64_t{kConcurrencyMost});
  read("rate", limits.rate);
  read.done();
  for (const auto& fault : faults.faults()) out.add(fault);
  if (!faults.clean()) return nullptr;
  limits.concurrency = concurrency;
  return std::make_shared<ChannelTargetPlan>(std::move(name), limits);
}

}  // namespace signalbox::connector::channel
