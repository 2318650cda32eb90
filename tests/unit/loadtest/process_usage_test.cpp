#include "loadtest/process_usage.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

namespace signalbox::loadtest {
namespace {

TEST(ProcessUsage, this_process_uses_memory_and_in_time_the_processor) {
  auto usage = usage_of(::getpid());
  ASSERT_TRUE(usage);
  EXPECT_GT(usage->resident_bytes, 100'000u);
  while (usage->cpu.count() == 0) usage = usage_of(::getpid());  // asking is work
  EXPECT_GT(usage->cpu.count(), 0);
}

TEST(ProcessUsage, a_process_that_is_not_there_has_none) { EXPECT_EQ(usage_of(0), std::nullopt); }

}  // namespace
}  // namespace signalbox::loadtest
