#include "jq/job_queue.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <list>

namespace signalbox::jq {
namespace {

using namespace std::chrono_literals;

constexpr JobQueue::Room kAnything{.cost = kFlightCost, .slow = true};
constexpr JobQueue::Room kQuickOnly{.cost = kFlightCost, .slow = false};

class JobQueueTest : public testing::Test {
 protected:
  static std::shared_ptr<ProgramState> program(Duration cost = 10us) {
    auto made = std::make_shared<ProgramState>(1, "");
    made->cost = cost;
    return made;
  }
  Job& job(std::shared_ptr<ProgramState> of) {
    return jobs_.emplace_back(io_.get_executor(), RequestKind::run, std::move(of), "");
  }

  boost::asio::io_context io_;
  std::list<Job> jobs_;
  JobQueue queue_{3};
};

TEST_F(JobQueueTest, jobs_of_a_program_come_in_order) {
  const auto one = program();
  auto &first = job(one), &second = job(one);
  queue_.push(first);
  queue_.push(second);
  EXPECT_EQ(queue_.take(kAnything), &first);
  EXPECT_EQ(queue_.take(kAnything), &second);
  EXPECT_EQ(queue_.take(kAnything), nullptr);
  EXPECT_TRUE(queue_.empty());
}

TEST_F(JobQueueTest, programs_take_turns) {
  const auto one = program(), other = program();
  auto &a = job(one), &b = job(one), &c = job(other);
  for (auto* each : {&a, &b, &c}) queue_.push(*each);
  EXPECT_EQ(queue_.take(kAnything), &a);
  EXPECT_EQ(queue_.take(kAnything), &c);
  EXPECT_EQ(queue_.take(kAnything), &b);
}

TEST_F(JobQueueTest, bound_is_for_each_program) {
  const auto one = program(), other = program();
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(queue_.push(job(one)));
  EXPECT_FALSE(queue_.push(job(one)));
  EXPECT_TRUE(queue_.push(job(other)));
}

TEST_F(JobQueueTest, slow_program_waits_for_room_of_its_kind) {
  const auto slow = program(1s), quick = program();
  auto &a = job(slow), &b = job(quick);
  queue_.push(a);
  queue_.push(b);
  EXPECT_EQ(queue_.take(kQuickOnly), &b);
  EXPECT_EQ(queue_.take(kQuickOnly), nullptr);
  EXPECT_EQ(queue_.take(kAnything), &a);
}

TEST_F(JobQueueTest, slow_and_quick_programs_alternate) {
  const auto slow = program(1s), quick = program();
  for (int i = 0; i < 2; ++i) {
    queue_.push(job(slow));
    queue_.push(job(quick));
  }
  std::size_t slow_taken = 0;
  for (int i = 0; i < 2; ++i) slow_taken += queue_.take(kAnything)->program == slow ? 1 : 0;
  EXPECT_EQ(slow_taken, 1U);
}

TEST_F(JobQueueTest, program_that_becomes_slow_while_it_waits_is_slow) {
  const auto one = program();
  queue_.push(job(one));
  one->cost = 1s;
  EXPECT_EQ(queue_.take(kQuickOnly), nullptr);
  EXPECT_NE(queue_.take(kAnything), nullptr);
}

TEST_F(JobQueueTest, program_that_changes_its_kind_while_it_waits_is_found_at_once) {
  for (const auto cost : {Duration(1s), Duration(10us)}) {
    for (int turn = 0; turn < 2; ++turn) {
      const auto one = program(cost);
      queue_.push(job(one));
      one->cost = is_slow(*one) ? 10us : 1s;
      EXPECT_NE(queue_.take(kAnything), nullptr);
      EXPECT_TRUE(queue_.empty());
    }
  }
}

TEST_F(JobQueueTest, job_that_does_not_fit_waits) {
  const auto one = program(3ms);
  queue_.push(job(one));
  EXPECT_EQ(queue_.take(JobQueue::Room{.cost = 2ms, .slow = false}), nullptr);
  EXPECT_NE(queue_.take(JobQueue::Room{.cost = 3ms, .slow = false}), nullptr);
}

TEST_F(JobQueueTest, erased_job_is_gone_and_returned_job_is_first) {
  const auto one = program();
  auto &a = job(one), &b = job(one);
  queue_.push(a);
  queue_.push_front(b);
  EXPECT_EQ(queue_.take(kAnything), &b);
  queue_.erase(a);
  EXPECT_TRUE(queue_.empty());
  EXPECT_EQ(queue_.take(kAnything), nullptr);
}

}  // namespace
}  // namespace signalbox::jq
