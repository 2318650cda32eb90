#pragma once
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/placement.hpp"
#include "broker/broker.hpp"
#include "support/memory_log.hpp"
#include "support/scripted_target.hpp"
#include "support/virtual_clock.hpp"

namespace signalbox::broker {

/// The scripts of targets outlive the Target objects that a channel makes and drops.
class SharedTarget final : public Target {
 public:
  explicit SharedTarget(std::shared_ptr<test::ScriptedTarget> script) : script_(std::move(script)) {}
  std::size_t max_batch() const override { return script_->max_batch(); }
  boost::asio::awaitable<Outcome> deliver(std::span<const Shipment> events, TimePoint deadline) override {
    return script_->deliver(events, deadline);
  }

 private:
  std::shared_ptr<test::ScriptedTarget> script_;
};

class ScriptedPlan final : public TargetPlan {
 public:
  ScriptedPlan(std::shared_ptr<test::ScriptedTarget> script, TargetLimits limits, std::string fingerprint)
      : script_(std::move(script)), limits_(limits), fingerprint_(std::move(fingerprint)) {}
  TargetLimits limits() const override { return limits_; }
  const std::string& fingerprint() const override { return fingerprint_; }
  std::string describe() const override { return "a script"; }
  std::unique_ptr<Target> make(TargetContext) const override { return std::make_unique<SharedTarget>(script_); }

 private:
  std::shared_ptr<test::ScriptedTarget> script_;
  TargetLimits limits_;
  std::string fingerprint_;
};

/// Outlives a broker, as a file does.
class RememberedPauses final : public Pauses {
 public:
  bool paused(const ChannelName&, const std::string& rule) const override { return rules_.contains(rule); }
  bool remember(const ChannelName&, const std::string& rule, bool paused) override {
    if (paused) rules_.insert(rule);
    else rules_.erase(rule);
    return true;
  }

 private:
  std::set<std::string> rules_;
};

/// A whole broker in virtual time on one thread, with tenant "t" and channel "c".
class BrokerTest : public testing::Test {
 protected:
  void SetUp() override { start(); }
  void TearDown() override { stop(); }

  void start() {
    engine_ = std::make_unique<test::MemoryEngine>(disks);
    BrokerOptions options;
    options.seed = 7;
    options.tail_memory = tail_memory;
    options.dead_letter_retain = dead_letter_retain;
    options.programs = programs;
    broker = std::make_unique<Broker>(io.get_executor(), strands, *engine_, clock, pauses, options);
  }
  void stop() {
    if (!broker) return;
    run(broker->stop(clock.now() + std::chrono::seconds(5)));
    broker.reset();
  }
  /// Destroys without stopping, as a crash would; what was not written is gone.
  void restart() {
    stop();
    start();
    apply();
  }

  /// The script of a target, made at its first mention.
  test::ScriptedTarget& target(const std::string& name) {
    auto& script = scripts_[name];
    if (!script) script = std::make_shared<test::ScriptedTarget>(clock, max_batch);
    return *script;
  }
  RulePlan rule(const std::string& name, std::vector<std::string> targets, const std::string& pattern = "") {
    RulePlan plan;
    plan.name = name;
    plan.targets = std::move(targets);
    if (!pattern.empty()) {
      plan.filter_spec.kind = pipeline::FilterSpec::Kind::pattern;
      plan.filter_spec.text = pattern;
    }
    plan.filter = *pipeline::compile_filter(plan.filter_spec);
    plan.retry.jitter = delivery::RetryPolicy::Jitter::none;
    plan.retry.attempts = 4;
    for (const auto& t : plan.targets) target(t);
    return plan;
  }
  /// Makes the broker run `rules` (again).
  void apply() {
    auto status = run(broker->apply(plan()));
    ASSERT_TRUE(status) << status.error().message;
  }
  /// `rules` on channel "c" of tenant "t".
  Plan plan() {
    Plan plan;
    auto& tenant = plan.tenants["t"];
    for (const auto& [name, script] : scripts_)
      tenant.targets[name] = std::make_shared<ScriptedPlan>(script, limits, fingerprints[name]);
    for (const auto& [name, extra] : extra_targets) tenant.targets[name] = extra;
    channel_plan.rules = rules;
    tenant.channels["c"] = channel_plan;
    tenant.limits = tenant_limits;
    return plan;
  }

  static Event event(const std::string& id, const std::string& type = "order", const std::string& key = "") {
    EventBuilder builder;
    builder.set("specversion", "1.0").set("id", id).set("source", "/s").set("type", type);
    if (!key.empty()) builder.set("partitionkey", key);
    return builder.build();
  }
  std::shared_ptr<Channel> channel() { return broker->topology()->find("t", "c"); }
  Result<Receipt> publish(std::vector<Event> events, bool deduplicate = false) {
    return run(channel()->publish(std::move(events), deduplicate));
  }
  Result<Receipt> publish_ids(const std::vector<std::string>& ids, const std::string& key = "") {
    std::vector<Event> events;
    for (const auto& id : ids) events.push_back(event(id, "order", key));
    return publish(std::move(events));
  }
  LaneTotals totals() { return channel()->lane_totals(); }
  test::MemoryDisk& disk() { return disks[ChannelName{"t", "c"}]; }

  /// Runs the loop, in virtual time where it must, until `task` is done.
  template <class T>
  T run(boost::asio::awaitable<T> task) {
    std::optional<T> result;
    std::exception_ptr thrown;
    boost::asio::co_spawn(io, std::move(task), [&](std::exception_ptr error, T value) {
      thrown = error;
      result = std::move(value);
    });
    settle_until([&] { return result.has_value(); });
    if (thrown) std::rethrow_exception(thrown);
    return std::move(*result);
  }
  void run(boost::asio::awaitable<void> task) {
    bool done = false;
    boost::asio::co_spawn(io, std::move(task), [&](std::exception_ptr error) {
      ASSERT_FALSE(error);
      done = true;
    });
    settle_until([&] { return done; });
  }
  void settle_until(const std::function<bool()>& done) {
    constexpr int kSteps = 1'000;
    for (int i = 0; i < kSteps && !done(); ++i) clock.run_for(io, std::chrono::milliseconds(10));
    ASSERT_TRUE(done()) << "did not complete within 10 s of virtual time";
  }
  void pass(Duration span) { clock.run_for(io, span); }

  test::VirtualClock clock;
  boost::asio::io_context io;
  base::StrandPlacement strands{io.get_executor()};
  std::map<ChannelName, test::MemoryDisk> disks;
  std::size_t tail_memory = 64 << 20;
  Duration dead_letter_retain = std::chrono::hours(1);
  ProgramRunner* programs = nullptr;
  std::size_t max_batch = 1;  ///< of targets that are mentioned from now on
  std::vector<RulePlan> rules;
  ChannelPlan channel_plan;
  TenantLimits tenant_limits;
  TargetLimits limits;
  std::map<std::string, std::string> fingerprints;
  std::map<std::string, std::shared_ptr<const TargetPlan>> extra_targets;
  RememberedPauses pauses;
  std::unique_ptr<Broker> broker;

 private:
  std::map<std::string, std::shared_ptr<test::ScriptedTarget>> scripts_;
  std::unique_ptr<test::MemoryEngine> engine_;
};

}  // namespace signalbox::broker
