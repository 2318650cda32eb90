#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <cstddef>
#include <map>
#include <memory>
#include <string>

#include "signalbox/clock.hpp"
#include "signalbox/config_node.hpp"
#include "signalbox/publisher.hpp"
#include "signalbox/target.hpp"

namespace signalbox {

/// What the broker must know of a target to send to it well.
struct TargetLimits {
  std::size_t concurrency = 64;                    ///< attempts under way at once, over all channels
  Rate rate;                                       ///< attempts a second, over all channels (a batch is one)
  Duration timeout = std::chrono::seconds(10);     ///< of one attempt, whole
  bool batches = false;                            ///< takes any number of events as one batch (Shipment::together)
};

/// What a target is made with.
struct TargetContext {
  boost::asio::any_io_executor executor;  ///< the channel's strand
  Clock& clock;
  std::shared_ptr<const TenantChannels> channels{};  ///< of the channel's tenant
};

/// A target's settings, read and checked, from which each channel's Target object is made.  Immutable.
class TargetPlan {
 public:
  virtual ~TargetPlan() = default;
  virtual TargetLimits limits() const = 0;
  /// Equal for two plans that would behave alike: a reload keeps the Target object then.  Holds no secret in the
  /// clear (hash it).
  virtual const std::string& fingerprint() const = 0;
  /// For people: "POST https://crm.example/events".  No secret.
  virtual std::string describe() const = 0;
  /// Whether the Target objects have an enricher().
  virtual bool can_enrich() const { return false; }
  virtual std::unique_ptr<Target> make(TargetContext context) const = 0;
};

/// Reads one kind of target from its configuration node (the value under `http:`), reporting faults to `out`; nullptr
/// when there were any.
class TargetFactory {
 public:
  virtual ~TargetFactory() = default;
  virtual std::shared_ptr<const TargetPlan> read(const ConfigNode& node, Diagnostics& out) const = 0;
};

/// Kind name ("http") to factory: an object, filled in daemon/builtin.cpp.
using TargetRegistry = std::map<std::string, std::unique_ptr<TargetFactory>, std::less<>>;

}  // namespace signalbox
