#include "broker/target_gate.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

namespace signalbox::broker {
namespace {

using namespace std::chrono_literals;
using Kind = TargetGate::Answer::Kind;

class TargetGateTest : public testing::Test {
 protected:
  static TargetLimits places(std::size_t concurrency) {
    TargetLimits limits;
    limits.concurrency = concurrency;
    return limits;
  }
  std::shared_ptr<GateWaiter> waiter() { return std::make_shared<GateWaiter>(io.get_executor()); }
  Permit granted(const std::shared_ptr<TargetGate>& gate) {
    auto answer = gate->acquire(waiter(), now);
    EXPECT_EQ(answer.kind, Kind::granted);
    return std::move(answer.permit);
  }

  boost::asio::io_context io;
  TimePoint now{1h};
};

TEST_F(TargetGateTest, places_are_given_out_up_to_the_concurrency_and_come_back) {
  const auto gate = std::make_shared<TargetGate>(places(2));
  auto first = granted(gate);
  {
    const auto second = granted(gate);
    EXPECT_EQ(gate->snapshot().in_flight, 2u);
    const auto third = waiter();
    EXPECT_EQ(gate->acquire(third, now).kind, Kind::queued);
    gate->abandon(third);
  }
  EXPECT_EQ(gate->snapshot().in_flight, 1u);
}

TEST_F(TargetGateTest, a_permit_is_renewed_while_nobody_waits) {
  const auto gate = std::make_shared<TargetGate>(places(1));
  auto permit = granted(gate);
  for (int i = 0; i < 3; ++i) {
    permit.report(Outcome::delivered(204), now);
    EXPECT_TRUE(permit.renew(gate, now));
    EXPECT_EQ(gate->snapshot().in_flight, 1u);
  }
}

TEST_F(TargetGateTest, who_waits_has_the_place_before_the_permit_is_renewed) {
  const auto gate = std::make_shared<TargetGate>(places(1));
  const auto other = waiter();
  {
    auto permit = granted(gate);
    EXPECT_EQ(gate->acquire(other, now).kind, Kind::queued);
    permit.report(Outcome::delivered(204), now);
    EXPECT_FALSE(permit.renew(gate, now));
  }
  EXPECT_TRUE(other->granted);
  EXPECT_EQ(gate->acquire(other, now).kind, Kind::granted);
}

TEST_F(TargetGateTest, a_permit_is_not_renewed_beyond_the_rate) {
  auto limits = places(1);
  limits.rate.per_second = 1;
  const auto gate = std::make_shared<TargetGate>(limits);
  auto permit = granted(gate);
  int renewed = 0;
  for (permit.report(Outcome::delivered(204), now); renewed < 100 && permit.renew(gate, now); ++renewed)
    permit.report(Outcome::delivered(204), now);
  EXPECT_LT(renewed, 100);
  now += 1s;
  EXPECT_TRUE(permit.renew(gate, now));
}

TEST_F(TargetGateTest, a_permit_is_not_renewed_for_a_target_that_has_gone) {
  const auto gate = std::make_shared<TargetGate>(places(1));
  auto permit = granted(gate);
  permit.report(Outcome::disabled(410, "gone"), now);
  EXPECT_FALSE(permit.renew(gate, now));
}

TEST_F(TargetGateTest, a_permit_is_not_renewed_when_fewer_places_are_allowed_now) {
  const auto gate = std::make_shared<TargetGate>(places(2));
  auto first = granted(gate), second = granted(gate);
  gate->set(places(1), false);
  first.report(Outcome::delivered(204), now);
  EXPECT_FALSE(first.renew(gate, now));
}

TEST_F(TargetGateTest, a_permit_of_another_gate_is_not_renewed) {
  const auto gate = std::make_shared<TargetGate>(places(1)), other = std::make_shared<TargetGate>(places(1));
  auto permit = granted(gate);
  permit.report(Outcome::delivered(204), now);
  EXPECT_FALSE(permit.renew(other, now));
  EXPECT_EQ(other->snapshot().in_flight, 0u);
}

TEST_F(TargetGateTest, who_was_told_to_ask_later_is_told_when_the_target_is_enabled) {
  const auto gate = std::make_shared<TargetGate>(places(1));
  auto permit = granted(gate);
  permit.report(Outcome::disabled(410, "gone"), now);
  permit = Permit();
  const auto parked = waiter(), gone = waiter();
  EXPECT_EQ(gate->acquire(parked, now).kind, Kind::later);
  EXPECT_EQ(gate->acquire(gone, now).kind, Kind::later);
  gate->abandon(gone);
  bool told = false, gone_told = false;
  const auto wait = [](base::Wakeup& wakeup, bool& is_told) -> boost::asio::awaitable<void> {
    co_await wakeup.wait();
    is_told = true;
  };
  boost::asio::co_spawn(io, wait(*parked->wakeup, told), boost::asio::detached);
  boost::asio::co_spawn(io, wait(*gone->wakeup, gone_told), boost::asio::detached);
  io.poll();
  EXPECT_FALSE(told);
  gate->enable();
  io.poll();
  EXPECT_TRUE(told);
  EXPECT_FALSE(gone_told);
  EXPECT_EQ(gate->acquire(parked, now).kind, Kind::granted);
}

}  // namespace
}  // namespace signalbox::broker
