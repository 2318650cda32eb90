#include "broker/tenant_channels.hpp"

#include "base/wakeup.hpp"
#include "broker_fixture.hpp"

namespace signalbox::broker {
namespace {

using namespace std::chrono_literals;

class TenantChannelsTest : public BrokerTest {
 protected:
  boost::asio::awaitable<void> apply_in(Duration span) {
    co_await clock.sleep_until(clock.now() + span);
    auto status = co_await broker->apply(plan());
    EXPECT_TRUE(status);
  }
  /// What publishing to channel `name` of the tenant comes to; nullopt: it was cut off.
  std::optional<Result<Receipt>> publish_to(const std::string& name) {
    const ChannelsOfTenant channels(*broker, clock, "t");
    std::optional<Result<Receipt>> result;
    bool done = false;
    auto publishing = channels.publish(name, event("1"), clock.now() + 1s);
    boost::asio::co_spawn(io, std::move(publishing), [&](std::exception_ptr error, Result<Receipt> receipt) {
      done = true;
      if (!error)
        result = std::move(receipt);
      else
        EXPECT_TRUE(base::is_cancellation(error));
    });
    settle_until([&] { return done; });
    return result;
  }
};

TEST_F(TenantChannelsTest, event_enters_the_channel) {
  rules = {rule("all", {"crm"})};
  apply();
  const auto receipt = publish_to("c");
  ASSERT_TRUE(receipt && *receipt);
  EXPECT_EQ((*receipt)->accepted, 1u);
  pass(1s);
  EXPECT_EQ(target("crm").ids(), std::vector<std::string>{"1"});
}

TEST_F(TenantChannelsTest, channel_that_is_still_to_start_is_waited_for) {
  const auto before = clock.now();
  rules = {rule("all", {"crm"})};
  boost::asio::co_spawn(io, apply_in(500ms), [](std::exception_ptr error) { EXPECT_FALSE(error); });
  const auto receipt = publish_to("c");
  ASSERT_TRUE(receipt && *receipt);
  EXPECT_GE(clock.now() - before, 500ms);
}

TEST_F(TenantChannelsTest, channel_that_does_not_come_is_not_found) {
  apply();
  const auto receipt = publish_to("nowhere");
  ASSERT_TRUE(receipt);
  EXPECT_EQ(receipt->error().code, Errc::not_found);
  EXPECT_EQ(receipt->error().message, "channel nowhere does not run");
}

TEST_F(TenantChannelsTest, refusal_is_passed_on) {
  tenant_limits.events.per_second = 1;
  apply();
  ASSERT_TRUE(publish_to("c"));
  const auto receipt = publish_to("c");
  ASSERT_TRUE(receipt);
  ASSERT_FALSE(*receipt);
  EXPECT_EQ(receipt->error().code, Errc::over_quota);
}

TEST_F(TenantChannelsTest, when_all_stop_it_is_cut_off_and_not_failed) {
  apply();
  run(broker->stop(clock.now() + 5s));
  EXPECT_FALSE(publish_to("c"));
}

}  // namespace
}  // namespace signalbox::broker
