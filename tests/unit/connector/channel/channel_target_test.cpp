#include "connector/channel/channel_target.hpp"

#include <gtest/gtest.h>

#include <array>
#include <boost/asio/io_context.hpp>

#include "connector/channel/channel_target_factory.hpp"
#include "event/hops.hpp"
#include "support/recorded_channels.hpp"
#include "support/run_coroutine.hpp"
#include "support/virtual_clock.hpp"

namespace signalbox::connector::channel {
namespace {

using namespace std::chrono_literals;

class ChannelTargetTest : public testing::Test {
 protected:
  static Event event(const std::string& hops = {}) {
    EventBuilder builder;
    builder.set("specversion", "1.0").set("id", "7").set("source", "/s").set("type", "t");
    if (!hops.empty()) builder.set(event::kHopsAttribute, hops);
    return builder.build();
  }
  Outcome deliver(const Event& event) {
    ChannelTarget target("billing", TargetContext{io.get_executor(), clock, channels});
    const std::array<Shipment, 1> one{Shipment{&event, 1}};
    return test::run_coroutine(io, target.deliver(one, clock.now() + 1s));
  }

  test::VirtualClock clock;
  boost::asio::io_context io;
  std::shared_ptr<test::RecordedChannels> channels = std::make_shared<test::RecordedChannels>();
};

TEST_F(ChannelTargetTest, event_enters_the_channel_with_one_more_hop) {
  EXPECT_EQ(deliver(event("2")).kind, Outcome::Kind::delivered);
  ASSERT_EQ(channels->published.size(), 1u);
  EXPECT_EQ(channels->published[0].first, "billing");
  EXPECT_EQ(channels->published[0].second.id(), "7");
  EXPECT_EQ(event::hops_of(channels->published[0].second), 3);
}

TEST_F(ChannelTargetTest, event_that_has_gone_too_far_is_rejected) {
  EXPECT_EQ(deliver(event("15")).kind, Outcome::Kind::delivered);
  const auto outcome = deliver(event("16"));
  EXPECT_EQ(outcome.kind, Outcome::Kind::rejected);
  EXPECT_STREQ(outcome.reason, "too_many_hops");
  EXPECT_EQ(channels->published.size(), 1u);
}

TEST_F(ChannelTargetTest, pushed_back_is_tried_again_after_a_pause) {
  channels->refuse = Error(Errc::over_quota, "over the tenant's events_per_second");
  auto outcome = deliver(event());
  EXPECT_EQ(outcome.kind, Outcome::Kind::failed);
  EXPECT_EQ(outcome.retry_after, 1s);
  EXPECT_EQ(outcome.detail, "over the tenant's events_per_second");
  channels->refuse = Error(Errc::storage, "disk");
  outcome = deliver(event());
  EXPECT_EQ(outcome.kind, Outcome::Kind::failed);
  EXPECT_EQ(outcome.retry_after, std::nullopt);
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
