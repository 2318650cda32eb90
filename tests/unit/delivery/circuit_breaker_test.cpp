#include "delivery/circuit_breaker.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace signalbox::delivery {
namespace {

using namespace std::chrono_literals;
using State = CircuitBreaker::State;
using Kind = Outcome::Kind;

constexpr TimePoint at(Duration since_start) { return TimePoint(since_start); }

/// One attempt that begins and ends at `now`; false when it was not let through.
bool attempt(CircuitBreaker& breaker, Kind outcome, TimePoint now) {
  const auto pass = breaker.try_begin(now);
  if (pass) breaker.finish(*pass, outcome, now);
  return pass.has_value();
}

/// A breaker that opened at 10 s.
CircuitBreaker opened(CircuitSettings settings = {}) {
  CircuitBreaker breaker(settings);
  for (std::uint32_t i = 0; i + 1 < settings.failures; ++i) attempt(breaker, Kind::failed, at(1s));
  attempt(breaker, Kind::failed, at(10s));
  EXPECT_EQ(breaker.state(), State::open);
  return breaker;
}

TEST(CircuitBreaker, a_fresh_circuit_is_closed_and_lets_everything_through) {
  CircuitBreaker breaker;
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(breaker.try_begin(at(0s)));
  EXPECT_EQ(breaker.next_probe(at(3s)), at(3s));
  EXPECT_FALSE(breaker.snapshot().open_since);
}

TEST(CircuitBreaker, failures_in_a_row_over_long_enough_open_it) {
  CircuitBreaker breaker;
  for (int i = 0; i < 19; ++i) attempt(breaker, Kind::failed, at(1s));
  EXPECT_EQ(breaker.state(), State::closed);
  attempt(breaker, Kind::failed, at(6s));
  EXPECT_EQ(breaker.state(), State::open);
  EXPECT_EQ(breaker.next_probe(at(6s)), at(7s));
}

TEST(CircuitBreaker, a_burst_of_failures_opens_nothing_before_its_time) {
  CircuitBreaker breaker;
  for (int i = 0; i < 1000; ++i) attempt(breaker, Kind::failed, at(1s));
  EXPECT_EQ(breaker.state(), State::closed);
  attempt(breaker, Kind::failed, at(5999ms));
  EXPECT_EQ(breaker.state(), State::closed);
  attempt(breaker, Kind::failed, at(6s));
  EXPECT_EQ(breaker.state(), State::open);
}

TEST(CircuitBreaker, few_failures_over_a_long_time_open_nothing) {
  CircuitBreaker breaker;
  for (int i = 0; i < 19; ++i) attempt(breaker, Kind::failed, at(i * 1min));
  EXPECT_EQ(breaker.state(), State::closed);
}

TEST(CircuitBreaker, any_answer_of_a_working_target_starts_the_count_again) {
  for (auto outcome : {Kind::delivered, Kind::rejected, Kind::disabled}) {
    CircuitBreaker breaker;
    for (int i = 0; i < 19; ++i) attempt(breaker, Kind::failed, at(1s));
    attempt(breaker, outcome, at(2s));
    for (int i = 0; i < 19; ++i) attempt(breaker, Kind::failed, at(10s));
    EXPECT_EQ(breaker.state(), State::closed);
    EXPECT_EQ(breaker.snapshot().failures_in_row, 19u);
  }
}

TEST(CircuitBreaker, while_open_nothing_passes_until_the_probe_is_due) {
  auto breaker = opened();
  EXPECT_FALSE(breaker.try_begin(at(10s)));
  EXPECT_FALSE(breaker.try_begin(at(10999ms)));
  EXPECT_EQ(breaker.next_probe(at(10500ms)), at(11s));
  EXPECT_TRUE(breaker.try_begin(at(11s)));
  EXPECT_EQ(breaker.state(), State::half_open);
}

TEST(CircuitBreaker, half_open_lets_only_its_probes_through) {
  for (std::uint32_t probes : {1u, 3u}) {
    CircuitSettings settings;
    settings.probes = probes;
    auto breaker = opened(settings);
    for (std::uint32_t i = 0; i < probes; ++i) {
      EXPECT_EQ(breaker.next_probe(at(12s)), at(12s));
      EXPECT_TRUE(breaker.try_begin(at(12s)));
    }
    EXPECT_FALSE(breaker.try_begin(at(12s)));
    EXPECT_EQ(breaker.next_probe(at(12s)), std::nullopt);
  }
}

TEST(CircuitBreaker, a_probe_that_works_closes_it) {
  auto breaker = opened();
  EXPECT_TRUE(attempt(breaker, Kind::delivered, at(11s)));
  EXPECT_EQ(breaker.state(), State::closed);
  EXPECT_EQ(breaker.snapshot().failures_in_row, 0u);
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(breaker.try_begin(at(11s)));
}

TEST(CircuitBreaker, each_failed_probe_doubles_the_wait_up_to_a_minute) {
  auto breaker = opened();
  auto now = at(10s);
  for (auto wait : {1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s}) {
    ASSERT_EQ(breaker.next_probe(now), now + wait);
    now += wait;
    ASSERT_TRUE(attempt(breaker, Kind::failed, now));
    ASSERT_EQ(breaker.state(), State::open);
  }
  EXPECT_EQ(breaker.snapshot().times_opened, 1u);
  EXPECT_EQ(breaker.snapshot().open_since, at(10s));
  EXPECT_EQ(breaker.snapshot().next_probe, now + 60s);
}

TEST(CircuitBreaker, after_closing_the_wait_starts_small_again) {
  auto breaker = opened();
  attempt(breaker, Kind::failed, at(11s));
  attempt(breaker, Kind::delivered, at(13s));
  for (int i = 0; i < 19; ++i) attempt(breaker, Kind::failed, at(20s));
  attempt(breaker, Kind::failed, at(30s));
  EXPECT_EQ(breaker.next_probe(at(30s)), at(31s));
  EXPECT_EQ(breaker.snapshot().times_opened, 2u);
}

TEST(CircuitBreaker, attempts_from_before_it_opened_do_not_fail_the_probe) {
  CircuitBreaker breaker;
  std::vector<CircuitBreaker::Pass> old;
  for (int i = 0; i < 5; ++i) old.push_back(*breaker.try_begin(at(0s)));
  for (int i = 0; i < 19; ++i) attempt(breaker, Kind::failed, at(1s));
  attempt(breaker, Kind::failed, at(10s));
  breaker.finish(old[0], Kind::failed, at(10s));
  EXPECT_EQ(breaker.next_probe(at(10s)), at(11s));

  const auto probe = breaker.try_begin(at(11s));
  breaker.finish(old[1], Kind::failed, at(11s));
  EXPECT_EQ(breaker.state(), State::half_open);
  breaker.abandon(old[2]);
  EXPECT_FALSE(breaker.try_begin(at(11s)));
  breaker.finish(*probe, Kind::failed, at(12s));
  EXPECT_EQ(breaker.state(), State::open);
}

TEST(CircuitBreaker, an_old_attempt_that_works_after_all_closes_it) {
  CircuitBreaker breaker;
  const auto slow = breaker.try_begin(at(0s));
  for (int i = 0; i < 19; ++i) attempt(breaker, Kind::failed, at(1s));
  attempt(breaker, Kind::failed, at(10s));
  breaker.finish(*slow, Kind::delivered, at(10500ms));
  EXPECT_EQ(breaker.state(), State::closed);
}

TEST(CircuitBreaker, an_abandoned_probe_gives_its_place_back) {
  auto breaker = opened();
  const auto probe = breaker.try_begin(at(11s));
  ASSERT_TRUE(probe);
  breaker.abandon(*probe);
  EXPECT_EQ(breaker.state(), State::half_open);
  EXPECT_TRUE(breaker.try_begin(at(11s)));
}

TEST(CircuitBreaker, a_failed_probe_of_several_opens_it_and_the_others_no_longer_count) {
  CircuitSettings settings;
  settings.probes = 3;
  auto breaker = opened(settings);
  const auto first = breaker.try_begin(at(11s)), second = breaker.try_begin(at(11s));
  breaker.finish(*first, Kind::failed, at(11s));
  EXPECT_EQ(breaker.next_probe(at(11s)), at(13s));
  breaker.finish(*second, Kind::failed, at(12s));
  EXPECT_EQ(breaker.next_probe(at(12s)), at(13s));
}

}  // namespace
}  // namespace signalbox::delivery
