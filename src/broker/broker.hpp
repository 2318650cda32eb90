#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/placement.hpp"
#include "base/published.hpp"
#include "base/wakeup.hpp"
#include "broker/channel.hpp"
#include "broker/plan.hpp"
#include "broker/quota.hpp"
#include "signalbox/channel_log.hpp"

namespace signalbox::broker {

/// A tenant at run time.  Immutable but for the objects it points to.
struct Tenant {
  std::string name;
  std::shared_ptr<const TenantPlan> plan;
  std::shared_ptr<Quota> quota;
  TargetRuntimes targets;
  std::map<std::string, std::shared_ptr<Channel>, std::less<>> channels;
};

/// Who is there: an immutable snapshot, swapped whole by a reload.
struct Topology {
  std::map<std::string, std::shared_ptr<const Tenant>, std::less<>> tenants;

  /// nullptr when there is no such channel.
  std::shared_ptr<Channel> find(std::string_view tenant, std::string_view channel) const;
};

/// Sums over every configured lane and channel.
struct Totals {
  std::uint64_t accepted = 0, pending = 0, delivered = 0, dead = 0, dropped = 0;
};

/// All tenants and their channels on one engine.
///
/// Thread-safety: every member may be called from any thread; apply() calls wait for each other.
class Broker {
 public:
  /// `executor` runs what is the broker's own, `channels` places each channel.  What is referred to outlives the broker.
  Broker(boost::asio::any_io_executor executor, base::Placement& channels, Engine& engine, Clock& clock, Pauses& pauses,
         BrokerOptions options);
  /// REQUIRES: stop() has completed.
  ~Broker();

  /// Makes what runs be what `plan` says: opens new channels, changes those that differ, stops those that are gone.
  /// Channels that cannot be opened are left out and named in the error; the others run.
  boost::asio::awaitable<Status> apply(Plan plan);

  /// Takes no more events; attempts under way may finish until `deadline`; every channel checkpoints and closes.
  boost::asio::awaitable<void> stop(TimePoint deadline);

  std::shared_ptr<const Topology> topology() const { return topology_.load(); }
  Totals totals() const;
  /// Whether stop() has begun.
  bool stopping() const { return stopping_.load(std::memory_order_relaxed); }

 private:
  boost::asio::awaitable<Status> apply_serialised(Plan plan);
  struct Application;
  /// Begins to apply each channel's plan.
  boost::asio::awaitable<void> begin_tenant(const std::string& name, const TenantPlan& plan, Application& application);
  boost::asio::awaitable<void> apply_channel(ChannelName name, const ChannelPlan& plan, std::shared_ptr<Tenant> tenant,
                                             Application& application);
  boost::asio::awaitable<void> stop_all(const Topology& last, TimePoint deadline);
  static void keep_filters(const ChannelPlan& before, ChannelPlan& next);
  static TargetRuntimes runtimes(const TenantPlan& plan, const Tenant* old);

  const boost::asio::any_io_executor strand_;
  base::Placement& placement_;
  Engine& engine_;
  Clock& clock_;
  Pauses& pauses_;
  const BrokerOptions options_;
  TailMemory memory_;
  RuleCompiler compiler_;
  base::Published<const Topology> topology_;
  std::atomic<bool> stopping_{false};
  bool applying_ = false;
  base::Wakeup applied_;
};

}  // namespace signalbox::broker
