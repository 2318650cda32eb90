#include "base/task_group.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "support/virtual_clock.hpp"

namespace signalbox::base {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

asio::awaitable<void> sleep_and_count(Clock& clock, Duration span, int& done) {
  co_await clock.sleep_until(clock.now() + span);
  ++done;
}

asio::awaitable<void> fill(TaskGroup& group, Clock& clock, int tasks, int& done) {
  for (int i = 0; i < tasks; ++i) {
    co_await group.wait_for_room();
    group.spawn(sleep_and_count(clock, 1s, done));
  }
  co_await group.join();
}

TEST(TaskGroup, full_group_makes_the_spawner_wait) {
  asio::io_context io;
  test::VirtualClock clock;
  TaskGroup group(io.get_executor(), 2);
  int done = 0;
  asio::co_spawn(io, fill(group, clock, 5, done), asio::detached);
  clock.run(io);
  EXPECT_EQ(done, 5);
  EXPECT_EQ(clock.now().time_since_epoch(), 3s) << "two at a time";
}

TEST(TaskGroup, cancel_stops_the_children_and_join_returns) {
  asio::io_context io;
  test::VirtualClock clock;
  TaskGroup group(io.get_executor(), 4);
  int done = 0;
  bool joined = false;
  asio::co_spawn(io, fill(group, clock, 3, done), [&](std::exception_ptr) { joined = true; });
  io.poll();
  group.cancel();
  clock.run(io, TimePoint{});
  EXPECT_EQ(done, 0);
  EXPECT_TRUE(joined);
}

}  // namespace
}  // namespace signalbox::base
