#include "connector/channel/channel_target.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <deque>
#include <optional>

#include "base/wakeup.hpp"
#include "connector/channel/channel_target_factory.hpp"
#include "support/virtual_clock.hpp"

namespace signalbox::connector::channel {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

/// Keeps what it is given, and answers what it is told to.
class RecordingPublisher final : public Publisher {
 public:
  asio::awaitable<Result<Receipt>> publish(std::vector<Event> events) override {
    if (refuse) co_return *refuse;
    for (auto& event : events) published.push_back(std::move(event));
    co_return Receipt();
  }
  std::optional<Error> refuse;
  std::vector<Event> published;
};

class OneChannel final : public TenantChannels {
 public:
  std::shared_ptr<Publisher> find(std::string_view channel) const override {
    return channel == "billing" ? publisher : nullptr;
  }
  bool stopping() const override { return stops; }
  std::shared_ptr<RecordingPublisher> publisher = std::make_shared<RecordingPublisher>();
  bool stops = false;
};

class ChannelTargetTest : public testing::Test {
 protected:
  static Event event(const std::string& hops = {}, AttributeType type = AttributeType::integer) {
    EventBuilder builder;
    builder.set("specversion", "1.0")
        .set("id", "7")
        .set("source", "/s")
        .set("type", "t")
        .data(DataKind::json, "{}");
    if (!hops.empty()) builder.set(kHopsAttribute, hops, type);
    return builder.build();
  }
  /// The outcome; nullopt when the attempt was cut off.
  std::optional<Outcome> deliver(const Event& event) {
    ChannelTarget target("billing", TargetContext{io.get_executor(), clock, channels});
    Shipment shipment;
    shipment.event = &event;
    std::optional<Outcome> outcome;
    bool done = false;
    auto attempt = target.deliver(std::span(&shipment, 1), clock.now() + 1s);
    asio::co_spawn(io, std::move(attempt), [&](std::exception_ptr error, Outcome result) {
      done = true;
      if (error)
        EXPECT_TRUE(base::is_cancellation(error));
      else
        outcome = std::move(result);
    });
    for (int i = 0; i < 300 && !done; ++i) clock.run_for(io, 10ms);
    EXPECT_TRUE(done);
    return outcome;
  }

  test::VirtualClock clock;
  asio::io_context io;
  std::shared_ptr<OneChannel> channels = std::make_shared<OneChannel>();
};

TEST_F(ChannelTargetTest, event_arrives_as_it_is_with_one_more_hop) {
  EXPECT_EQ(deliver(event())->kind, Outcome::Kind::delivered);
  ASSERT_EQ(channels->publisher->published.size(), 1u);
  const auto& next = channels->publisher->published[0];
  EXPECT_EQ(next.id(), "7");
  EXPECT_EQ(next.source(), "/s");
  EXPECT_EQ(next.data(), "{}");
  EXPECT_EQ(next.value(kHopsAttribute), "1");
  EXPECT_EQ(next.find(kHopsAttribute)->type, AttributeType::integer);
}

TEST_F(ChannelTargetTest, event_that_has_gone_too_far_is_rejected) {
  EXPECT_EQ(deliver(event("15"))->kind, Outcome::Kind::delivered);
  const auto outcome = deliver(event("16", AttributeType::string));
  EXPECT_EQ(outcome->kind, Outcome::Kind::rejected);
  EXPECT_STREQ(outcome->reason, "too_many_hops");
  EXPECT_EQ(channels->publisher->published.size(), 1u);
}

TEST(Hops, what_is_no_count_is_none) {
  const auto with = [](const std::string& hops) {
    return EventBuilder()
        .set("specversion", "1.0")
        .set("id", "7")
        .set("source", "/s")
        .set("type", "t")
        .set(kHopsAttribute, hops)
        .build();
  };
  EXPECT_EQ(hops_of(with("3")), 3);
  EXPECT_EQ(hops_of(with("many")), 0);
  EXPECT_EQ(hops_of(with("3x")), 0);
  EXPECT_EQ(hops_of(with("-5")), 0);
  EXPECT_EQ(hops_of(with("99")), kHopsMost);
  EXPECT_EQ(hops_of(with("99999999999999999999")), kHopsMost);
}

TEST_F(ChannelTargetTest, pushed_back_is_tried_again_after_a_pause) {
  channels->publisher->refuse = Error(Errc::over_quota, "over the tenant's events_per_second");
  auto outcome = deliver(event());
  EXPECT_EQ(outcome->kind, Outcome::Kind::failed);
  EXPECT_EQ(outcome->retry_after, 1s);
  EXPECT_EQ(outcome->detail, "over the tenant's events_per_second");
  channels->publisher->refuse = Error(Errc::storage, "disk");
  outcome = deliver(event());
  EXPECT_EQ(outcome->kind, Outcome::Kind::failed);
  EXPECT_EQ(outcome->retry_after, std::nullopt);
}

TEST_F(ChannelTargetTest, channel_that_starts_later_is_waited_for) {
  auto publisher = std::exchange(channels->publisher, nullptr);
  asio::co_spawn(io, clock.sleep_until(clock.now() + 500ms),
                 [&](std::exception_ptr) { channels->publisher = publisher; });
  EXPECT_EQ(deliver(event())->kind, Outcome::Kind::delivered);
  EXPECT_EQ(publisher->published.size(), 1u);
}

TEST_F(ChannelTargetTest, channel_that_does_not_come_fails_the_attempt) {
  channels->publisher = nullptr;
  const auto outcome = deliver(event());
  EXPECT_EQ(outcome->kind, Outcome::Kind::failed);
  EXPECT_EQ(outcome->detail, "channel billing does not run");
}

TEST_F(ChannelTargetTest, when_all_stop_the_attempt_is_cut_off_and_not_failed) {
  channels->stops = true;
  EXPECT_FALSE(deliver(event()));
  channels->publisher->refuse = Error(Errc::overloaded, "the channel is stopping");
  EXPECT_FALSE(deliver(event()));
}

class ChannelTargetFactoryTest : public testing::Test {
 protected:
  static ConfigNode text(const std::string& value) {
    return ConfigNode::scalar(value, false, {}, "t.channel");
  }
  Diagnostics faults;
};

TEST_F(ChannelTargetFactoryTest, a_name_alone_is_enough) {
  const auto plan = ChannelTargetFactory().read(text("billing"), faults);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->describe(), "channel billing");
  EXPECT_EQ(plan->limits().concurrency, 256u);
}

TEST_F(ChannelTargetFactoryTest, concurrency_and_rate_can_be_bounded) {
  const auto node = ConfigNode::mapping(
      {{"name", {}, text("billing")}, {"concurrency", {}, text("3")}, {"rate", {}, text("10/s")}}, {},
      "t.channel");
  const auto plan = ChannelTargetFactory().read(node, faults);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->limits().concurrency, 3u);
  EXPECT_EQ(plan->limits().rate, Rate{10});
}

TEST_F(ChannelTargetFactoryTest, faults_have_their_text) {
  EXPECT_EQ(
      ChannelTargetFactory().read(ConfigNode::mapping({{"nmae", {}, text("x")}}, {}, "t.channel"), faults),
      nullptr);
  ASSERT_EQ(faults.faults().size(), 2u);
  EXPECT_EQ(faults.faults()[0].message, "missing: this key must be given");
  EXPECT_EQ(faults.faults()[1].message, "unknown key");
}

}  // namespace
}  // namespace signalbox::connector::channel
