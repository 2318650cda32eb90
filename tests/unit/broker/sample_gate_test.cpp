#include "broker/sample_gate.hpp"

#include <gtest/gtest.h>

#include <string>

namespace signalbox::broker {
namespace {

using namespace std::chrono_literals;

std::uint32_t taken(SampleGate& gate, const std::string& type, TimePoint now, int offered = 1'000) {
  std::uint32_t count = 0;
  for (int i = 0; i < offered; ++i) count += gate.take(type, now);
  return count;
}

TEST(SampleGate, some_of_each_type_a_second) {
  SampleGate gate;
  const TimePoint now(1h);
  EXPECT_EQ(taken(gate, "a", now), SampleGate::kOfTypeMost);
  EXPECT_EQ(taken(gate, "b", now), SampleGate::kOfTypeMost);
  EXPECT_EQ(taken(gate, "a", now + 999ms), 0u);
  EXPECT_EQ(taken(gate, "a", now + 1s), SampleGate::kOfTypeMost);
}

TEST(SampleGate, many_types_share_what_there_is) {
  SampleGate gate;
  std::uint32_t all = 0;
  for (int i = 0; i < 100; ++i) all += taken(gate, std::to_string(i), TimePoint(1h));
  EXPECT_EQ(all, SampleGate::kOfAllMost);
}

TEST(SampleGate, too_many_types_wait_for_the_next_minute) {
  SampleGate gate;
  const TimePoint now(1h);
  for (std::size_t i = 0; i < SampleGate::kTypesMost; ++i) gate.take(std::to_string(i), now + i * 10ms);
  EXPECT_FALSE(gate.take("new", now + 30s));
  EXPECT_TRUE(gate.take("new", now + 61s));
}

}  // namespace
}  // namespace signalbox::broker
