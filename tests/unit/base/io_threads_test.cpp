#include "base/io_threads.hpp"

#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>

namespace signalbox::base {
namespace {

/// The threads on which what was placed ran.
class Seen {
 public:
  void here() {
    const std::lock_guard lock(mutex_);
    threads_.insert(std::this_thread::get_id());
  }
  std::set<std::thread::id> threads() const {
    const std::lock_guard lock(mutex_);
    return threads_;
  }

 private:
  mutable std::mutex mutex_;
  std::set<std::thread::id> threads_;
};

TEST(IoThreads, actors_are_placed_on_the_carrying_threads_in_turn) {
  IoThreads io(3);
  Seen carriers, control;
  for (int i = 0; i < 6; ++i) boost::asio::post(io.place(), [&] { carriers.here(); });
  boost::asio::post(io.control(), [&] {
    control.here();
    io.end();
  });
  io.run();
  EXPECT_EQ(carriers.threads().size(), 3u);
  EXPECT_EQ(control.threads(), std::set{std::this_thread::get_id()});
  EXPECT_FALSE(carriers.threads().contains(std::this_thread::get_id()));
}

TEST(IoThreads, an_actor_stays_where_it_was_placed) {
  IoThreads io(2);
  Seen seen;
  const auto place = io.place();
  for (int i = 0; i < 100; ++i) boost::asio::post(place, [&] { seen.here(); });
  io.end();
  io.run();
  EXPECT_EQ(seen.threads().size(), 1u);
}

TEST(IoThreads, run_returns_when_what_was_begun_before_the_end_is_done) {
  IoThreads io(2);
  bool done = false;
  const auto place = io.place();
  boost::asio::post(place, [&] {
    io.end();
    boost::asio::post(place, [&] { boost::asio::post(place, [&] { done = true; }); });
  });
  io.run();
  EXPECT_TRUE(done);
}

TEST(IoThreads, an_exception_does_not_end_a_thread) {
  IoThreads io(1);
  bool done = false;
  const auto place = io.place();
  boost::asio::post(place, [] { throw std::runtime_error("a bug"); });
  boost::asio::post(place, [&] {
    done = true;
    io.end();
  });
  io.run();
  EXPECT_TRUE(done);
}

}  // namespace
}  // namespace signalbox::base
