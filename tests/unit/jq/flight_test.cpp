#include "jq/flight.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <list>

namespace signalbox::jq {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

class FlightTest : public testing::Test {
 protected:
  FlightTest() {
    for (int i = 0; i < 3; ++i) {
      auto& job = jobs_.emplace_back(io_.get_executor(), RequestKind::run, nullptr, "");
      flight_.push(Flight::Entry{.job = &job, .cost = 1ms, .bytes = 10}, now_ + i * 1s);
      pointers_.push_back(&job);
    }
  }

  boost::asio::io_context io_;
  std::list<Job> jobs_;
  std::vector<Job*> pointers_;
  const TimePoint now_{10s};
  Flight flight_;
};

TEST_F(FlightTest, the_first_is_begun_when_it_comes_and_the_next_when_that_is_done) {
  EXPECT_EQ(flight_.begun(), now_);
  EXPECT_EQ(flight_.pop(now_ + 5s).job, pointers_[0]);
  EXPECT_EQ(flight_.begun(), now_ + 5s);
}

TEST_F(FlightTest, what_is_under_way_is_counted) {
  EXPECT_EQ(flight_.cost(), 3ms);
  EXPECT_EQ(flight_.bytes(), 30U);
  flight_.pop(now_);
  EXPECT_EQ(flight_.cost(), 2ms);
  EXPECT_EQ(flight_.bytes(), 20U);
}

TEST_F(FlightTest, jobs_given_back_are_still_answered_for_nobody) {
  EXPECT_THAT(flight_.give_back_all_but_first(), ElementsAre(pointers_[1], pointers_[2]));
  EXPECT_EQ(flight_.size(), 3U);
  EXPECT_EQ(flight_.pop(now_).job, pointers_[0]);
  EXPECT_EQ(flight_.first(), nullptr);
  EXPECT_EQ(flight_.pop(now_).job, nullptr);
}

TEST_F(FlightTest, forgotten_job_is_not_given_back) {
  flight_.forget(*pointers_[1]);
  EXPECT_THAT(flight_.give_back(), ElementsAre(pointers_[0], pointers_[2]));
  EXPECT_TRUE(flight_.empty());
  EXPECT_EQ(flight_.cost(), 0ms);
  EXPECT_THAT(flight_.give_back(), IsEmpty());
}

}  // namespace
}  // namespace signalbox::jq
