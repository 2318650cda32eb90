#include "support/scripted_target.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <string>
#include <vector>

#include "support/virtual_clock.hpp"

namespace signalbox::test {
namespace {

using namespace std::chrono_literals;

Event event_called(const std::string& id) {
  EventBuilder builder;
  return builder.set("specversion", "1.0").set("id", id).set("source", "s").set("type", "t").build();
}

class ScriptedTargetTest : public testing::Test {
 protected:
  /// Starts one call; its answer's detail (or "ok") is appended to answers_.
  void start(const std::string& id, unsigned attempt = 1) {
    boost::asio::co_spawn(io_, send(event_called(id), attempt), boost::asio::detached);
  }
  boost::asio::awaitable<void> send(Event event, unsigned attempt) {
    std::vector<Shipment> shipments(1);
    shipments[0].event = &event;
    shipments[0].attempt = attempt;
    const auto deadline = clock_.now() + 10s;
    const auto outcome = co_await target_.deliver(shipments, deadline);
    answers_.push_back(outcome.kind == Outcome::Kind::delivered ? "ok" : outcome.detail);
  }

  boost::asio::io_context io_;
  VirtualClock clock_;
  ScriptedTarget target_{clock_};
  std::vector<std::string> answers_;
};

TEST_F(ScriptedTargetTest, answers_come_from_the_event_then_the_calls_then_otherwise) {
  target_.then(Outcome::failed(503, "first")).then_event("b", Outcome::rejected(400, "not b"));
  for (auto id : {"b", "a", "b"}) {
    start(id);
    clock_.run(io_);
  }
  EXPECT_EQ(answers_, (std::vector<std::string>{"not b", "first", "ok"}));
  EXPECT_EQ(target_.ids(), (std::vector<std::string>{"b", "a", "b"}));
}

TEST_F(ScriptedTargetTest, an_answer_takes_its_time_and_calls_overlap) {
  target_.otherwise(Outcome::delivered(200), 3s);
  start("a");
  start("b", 2);
  clock_.run_for(io_, 1s);
  EXPECT_TRUE(answers_.empty());
  EXPECT_EQ(target_.under_way(), 2u);
  clock_.run_for(io_, 2s);
  EXPECT_EQ(answers_.size(), 2u);
  EXPECT_EQ(target_.under_way(), 0u);
  EXPECT_EQ(target_.most_under_way(), 2u);
  EXPECT_EQ(target_.sent().at(1).attempt, 2u);
  EXPECT_EQ(target_.times_of("b"), std::vector<TimePoint>{TimePoint()});
}

TEST_F(ScriptedTargetTest, an_answer_after_the_deadline_is_a_timeout) {
  target_.then(Outcome::delivered(200), 1h);
  start("a");
  clock_.run(io_);
  EXPECT_EQ(answers_, std::vector<std::string>{"timed out"});
  EXPECT_EQ(clock_.now(), TimePoint(10s));
}

}  // namespace
}  // namespace signalbox::test
