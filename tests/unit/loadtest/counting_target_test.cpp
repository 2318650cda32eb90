#include "loadtest/counting_target.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "loadtest/delivery_log.hpp"
#include "loadtest/event_token.hpp"
#include "loadtest/payload.hpp"
#include "support/http_request.hpp"
#include "support/temp_dir.hpp"
#include "support/wait_until.hpp"

namespace signalbox::loadtest {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class CountingTargetTest : public testing::Test {
 protected:
  void start(TargetBehaviour behaviour = {}, std::string delivery_file = {}) {
    TargetOptions options;
    options.behaviour = behaviour;
    options.delivery_file = std::move(delivery_file);
    auto started = CountingTarget::start(options);
    ASSERT_TRUE(started) << started.error().message;
    target = std::move(*started);
  }
  std::string url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(target->port()) + path;
  }
  test::HttpResponse deliver(std::uint64_t sequence, const std::string& path = "/hook",
                             unsigned attempt = 1) {
    const test::Headers headers = {{"ce-id", EventToken{1, sequence, 5}.text()},
                                   {"Signalbox-Attempt", std::to_string(attempt)}};
    return test::http_request("POST", url(path), headers, "body");
  }

  std::unique_ptr<CountingTarget> target;
};

TEST_F(CountingTargetTest, an_event_that_comes_twice_is_unique_once_and_a_duplicate_once) {
  start();
  for (const std::uint64_t sequence : {0u, 1u, 1u}) EXPECT_EQ(deliver(sequence).status, 204u);
  const auto stats = target->stats();
  EXPECT_EQ(stats.total.delivered, 3u);
  EXPECT_EQ(stats.total.unique, 2u);
  EXPECT_EQ(stats.total.duplicates(), 1u);
  EXPECT_EQ(stats.latency.count(), 2u);
}

TEST_F(CountingTargetTest, each_path_is_counted_apart) {
  start();
  deliver(0, "/a");
  deliver(0, "/b?x=1");
  const auto stats = target->stats();
  EXPECT_EQ(stats.paths.at("/a").unique, 1u);
  EXPECT_EQ(stats.paths.at("/b").unique, 1u);
  EXPECT_EQ(stats.total.duplicates(), 0u);
}

TEST_F(CountingTargetTest, events_in_a_body_are_found) {
  start();
  PayloadOptions payload;
  payload.mode = ContentMode::batch;
  payload.batch_events = 7;
  std::string request;
  RequestTemplate(payload, "POST /hook HTTP/1.1\r\nHost: x\r\n").append_to(request, 3, 0, 0);
  test::HttpConnection connection(target->port());
  connection.send(request);
  EXPECT_EQ(connection.read_response().status, 204u);
  EXPECT_EQ(target->stats().total.unique, 7u);
}

TEST_F(CountingTargetTest, a_body_cut_short_is_no_delivery) {
  start();
  {
    test::HttpConnection connection(target->port());
    connection.send("POST /hook HTTP/1.1\r\nce-id: " + EventToken{1, 0, 0}.text() +
                    "\r\nContent-Length: 10\r\n\r\nhalf");
  }
  EXPECT_TRUE(test::wait_until([this] { return target->stats().torn == 1; }));
  EXPECT_EQ(target->stats().total.requests, 0u);
}

TEST_F(CountingTargetTest, the_first_attempts_at_each_event_fail_when_asked_to) {
  TargetBehaviour behaviour;
  behaviour.fail_first = 2;
  behaviour.retry_after = seconds(9);
  start(behaviour);
  const auto refused = deliver(0);
  EXPECT_EQ(refused.status, 503u);
  EXPECT_EQ(refused.header("Retry-After"), "9");
  EXPECT_EQ(deliver(0).status, 503u);
  EXPECT_EQ(deliver(1).status, 503u);
  EXPECT_EQ(deliver(0).status, 204u);
  EXPECT_EQ(target->stats().total.failed_on_purpose, 3u);
}

TEST_F(CountingTargetTest, each_nth_request_fails_when_asked_to) {
  TargetBehaviour behaviour;
  behaviour.fail_every = 3;
  behaviour.fail_status = 500;
  start(behaviour);
  std::vector<unsigned> statuses;
  for (std::uint64_t i = 0; i < 6; ++i) statuses.push_back(deliver(i).status);
  EXPECT_EQ(statuses, (std::vector<unsigned>{204, 204, 500, 204, 204, 500}));
}

TEST_F(CountingTargetTest, a_changed_behaviour_holds_from_then_on) {
  TargetBehaviour broken;
  broken.status = 410;
  start(broken);
  EXPECT_EQ(deliver(0).status, 410u);
  target->set_behaviour(TargetBehaviour());
  EXPECT_EQ(deliver(0).status, 204u);
  EXPECT_EQ(target->stats().total.duplicates(), 0u);
}

TEST_F(CountingTargetTest, a_delayed_answer_comes_after_the_delay) {
  TargetBehaviour slow;
  slow.delay = milliseconds(30);
  start(slow);
  const auto before = std::chrono::steady_clock::now();
  EXPECT_EQ(deliver(0).status, 204u);
  EXPECT_GE(std::chrono::steady_clock::now() - before, milliseconds(30));
}

TEST_F(CountingTargetTest, a_hanging_target_records_the_attempt_and_says_nothing) {
  TargetBehaviour hanging;
  hanging.hang = true;
  start(hanging);
  EXPECT_THROW(test::http_request("POST", url("/hook"), {{"ce-id", EventToken{1, 0, 0}.text()}}, "x",
                                  milliseconds(50)),
               std::runtime_error);
  EXPECT_EQ(target->stats().total.requests, 1u);
  EXPECT_EQ(target->stats().total.delivered, 0u);
}

TEST_F(CountingTargetTest, deliveries_are_logged_with_attempt_status_and_body) {
  const test::TempDir directory;
  const auto path = directory.file("deliveries");
  start({}, path);
  deliver(4, "/hook", 2);
  target.reset();
  const auto log = read_deliveries(path);
  ASSERT_TRUE(log);
  ASSERT_EQ(log->size(), 1u);
  const auto& record = log->front();
  EXPECT_EQ(record.id, (EventToken{1, 4, 5}.text()));
  EXPECT_EQ(record.path, "/hook");
  EXPECT_EQ(record.attempt, 2u);
  EXPECT_EQ(record.status, 204u);
  EXPECT_EQ(record.body_hash, body_hash("body"));
}

TEST_F(CountingTargetTest, stats_are_served_as_json_and_reset_forgets_them) {
  start();
  deliver(0, R"(/say"hi")");
  auto stats = nlohmann::json::parse(test::http_request("GET", url("/stats")).body);
  EXPECT_EQ(stats["unique"], 1);
  EXPECT_EQ(stats["paths"][R"(/say"hi")"]["unique"], 1);
  EXPECT_EQ(test::http_request("POST", url("/reset")).status, 204u);
  stats = nlohmann::json::parse(test::http_request("GET", url("/stats")).body);
  EXPECT_EQ(stats["unique"], 0);
}

TEST_F(CountingTargetTest, a_port_in_use_is_a_conflict) {
  start();
  TargetOptions options;
  options.port = target->port();
  const auto second = CountingTarget::start(options);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::conflict);
}

}  // namespace
}  // namespace signalbox::loadtest
