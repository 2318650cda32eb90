#include "broker/broker.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/log.hpp"
#include "base/task_group.hpp"
#include "broker/tenant_channels.hpp"

namespace signalbox::broker {

namespace asio = boost::asio;
namespace log = base::log;

namespace {

constexpr std::size_t kAppliedAtOnce = 256;  // channels: their commits then share their syncs

}  // namespace

/// A plan that is being put into effect.
struct Broker::Application {
  std::shared_ptr<const Topology> before;
  Topology& next;
  base::TaskGroup channels;
  std::map<ChannelName, std::string> faults{};
};

std::shared_ptr<Channel> Topology::find(std::string_view tenant, std::string_view channel) const {
  auto t = tenants.find(tenant);
  if (t == tenants.end()) return nullptr;
  auto c = t->second->channels.find(channel);
  return c == t->second->channels.end() ? nullptr : c->second;
}

Broker::Broker(asio::any_io_executor executor, base::Placement& channels, Engine& engine, Clock& clock, Pauses& pauses, BrokerOptions options)
    : strand_(asio::make_strand(executor)),
      placement_(channels),
      engine_(engine),
      clock_(clock),
      pauses_(pauses),
      options_(options),
      memory_(options.tail_memory),
      topology_(std::make_shared<const Topology>()),
      applied_(strand_) {}

Broker::~Broker() = default;

asio::awaitable<Status> Broker::apply(Plan plan) {
  return asio::co_spawn(strand_, apply_serialised(std::move(plan)), asio::use_awaitable);
}

asio::awaitable<Status> Broker::apply_serialised(Plan plan) {
  while (applying_) co_await applied_.wait();
  const base::Busy busy(applying_, applied_);
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());  // half of a plan is none
  const auto old = topology();
  auto next = std::make_shared<Topology>();
  Application application{old, *next, base::TaskGroup(strand_, kAppliedAtOnce)};
  for (auto& [name, tenant] : plan.tenants) co_await begin_tenant(name, tenant, application);
  co_await application.channels.join();
  topology_.store(next);
  // Requests already inside a channel that is gone are answered; new ones no longer find it.
  for (const auto& [tenant_name, tenant] : old->tenants)
    for (const auto& [channel_name, channel] : tenant->channels)
      if (next->find(tenant_name, channel_name) != channel) {
        log::info("channel.stopping", "tenant={} channel={} why=removed", tenant_name, channel_name);
        co_await channel->stop(clock_.now() + std::chrono::seconds(30));
      }
  std::string faults;
  for (const auto& [name, fault] : application.faults)
    faults += (faults.empty() ? "channel " : "; channel ") + name.tenant + "/" + name.channel + ": " + fault;
  if (!faults.empty()) co_return Error(Errc::storage, faults);
  co_return ok();
}

/// Lets rules whose filter is written as before have the compiled one that is there: it need not be indexed again.
void Broker::keep_filters(const ChannelPlan& before, ChannelPlan& next) {
  std::map<std::string_view, const RulePlan*> known;
  for (const auto& rule : before.rules) known.emplace(rule.name, &rule);
  for (auto& rule : next.rules) {
    const auto old = known.find(rule.name);
    if (old != known.end() && old->second->filter_spec == rule.filter_spec) rule.filter = old->second->filter;
  }
}

TargetRuntimes Broker::runtimes(const TenantPlan& plan, const Tenant* old) {
  TargetRuntimes targets;
  for (const auto& [name, target] : plan.targets) {
    TargetRuntime runtime;
    runtime.plan = target;
    const auto before = old ? old->targets.find(name) : TargetRuntimes::const_iterator();
    if (old && before != old->targets.end()) {
      runtime.gate = before->second.gate;
      runtime.gate->set(target->limits(), before->second.plan->fingerprint() != target->fingerprint());
    } else {
      runtime.gate = std::make_shared<TargetGate>(target->limits());
    }
    targets.emplace(name, std::move(runtime));
  }
  return targets;
}

asio::awaitable<void> Broker::begin_tenant(const std::string& name, const TenantPlan& plan, Application& application) {
  const auto& tenants = application.before->tenants;
  const auto found = tenants.find(name);
  const Tenant* old = found == tenants.end() ? nullptr : found->second.get();
  auto tenant = std::make_shared<Tenant>();
  tenant->name = name;
  tenant->quota = old ? old->quota : std::make_shared<Quota>();
  tenant->quota->set(plan.limits);
  tenant->targets = runtimes(plan, old);
  application.next.tenants.emplace(name, tenant);
  auto kept = std::make_shared<TenantPlan>(plan);
  for (auto& [channel_name, channel_plan] : kept->channels)
    if (const auto existing = application.before->find(name, channel_name)) keep_filters(*existing->plan(), channel_plan);
  tenant->plan = kept;
  for (const auto& [channel_name, channel_plan] : kept->channels) {
    while (application.channels.room() == 0) co_await application.channels.wait_for_room();
    application.channels.spawn(apply_channel(ChannelName{name, channel_name}, channel_plan, tenant, application));
  }
}

asio::awaitable<void> Broker::apply_channel(ChannelName name, const ChannelPlan& plan, std::shared_ptr<Tenant> tenant,
                                            Application& application) {
  auto shared_plan = std::make_shared<const ChannelPlan>(plan);
  const auto existing = application.before->find(name.tenant, name.channel);
  auto channel = existing;
  Status status = ok();
  if (existing) {
    status = co_await channel->update(std::move(shared_plan), tenant->targets);
  } else {
    ChannelWorld world{placement_.place(), clock_, memory_, tenant->quota, options_, pauses_, compiler_,
                       std::make_shared<const ChannelsOfTenant>(*this, clock_, name.tenant)};
    channel = std::make_shared<Channel>(name, std::move(world));
    status = co_await channel->start(engine_, std::move(shared_plan), tenant->targets);
  }
  if (!status) application.faults.emplace(name, status.error().message);
  if (status || existing) tenant->channels.emplace(name.channel, std::move(channel));
  else co_await channel->stop(clock_.now());
}

asio::awaitable<void> Broker::stop(TimePoint deadline) {
  stopping_ = true;
  const auto last = topology_.exchange(std::make_shared<const Topology>());
  co_await asio::co_spawn(strand_, stop_all(*last, deadline), asio::use_awaitable);
}

asio::awaitable<void> Broker::stop_all(const Topology& last, TimePoint deadline) {
  std::size_t channels = 0;
  for (const auto& [name, tenant] : last.tenants) channels += tenant->channels.size();
  base::TaskGroup stopping(strand_, channels + 1);
  for (const auto& [name, tenant] : last.tenants)
    for (const auto& [channel_name, channel] : tenant->channels) stopping.spawn(channel->stop(deadline));
  co_await stopping.join();
}

Totals Broker::totals() const {
  Totals sum;
  const auto now = topology();
  for (const auto& [name, tenant] : now->tenants)
    for (const auto& [channel_name, channel] : tenant->channels) {
      const auto lanes = channel->lane_totals();
      sum.delivered += lanes.delivered;
      sum.dead += lanes.dead;
      sum.dropped += lanes.dropped;
      sum.pending += lanes.pending();
      sum.accepted += channel->last_seq();
    }
  return sum;
}

}  // namespace signalbox::broker
