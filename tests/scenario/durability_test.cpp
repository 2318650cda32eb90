// What outlives the process.
#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <set>
#include <thread>

#include "scenario/bus.hpp"

namespace signalbox::scenario {
namespace {

using std::chrono::milliseconds;

class Durability : public Bus {
 protected:
  std::set<std::string> arrived() {
    const auto ids = ids_of(target.requests("/sink"));
    return std::set<std::string>(ids.begin(), ids.end());
  }
};

TEST_F(Durability, acknowledged_means_kept_across_kill_9) {
  target.script("/sink", test::always(503));
  start(acme({R"(sink: { http: { url: "{target}/sink" } })"},
             {"all: { to: [sink], retry: { initial: 50ms, max: 50ms } }"}));
  for (int i = 0; i < 200; ++i) accept("e" + std::to_string(i));
  daemon().kill_hard();
  target.script("/sink", test::always(204));
  daemon().start();
  ASSERT_TRUE(drained()) << total("pending");
  EXPECT_EQ(arrived().size(), 200u);
  EXPECT_EQ(total("accepted"), 200u);
  EXPECT_EQ(total("delivered"), 200u);
}

TEST_F(Durability, a_delivered_event_is_not_delivered_again_after_an_orderly_restart) {
  start(acme_with_one_sink());
  for (int i = 0; i < 50; ++i) accept("e" + std::to_string(i));
  ASSERT_TRUE(drained());
  EXPECT_EQ(daemon().terminate(), (test::ExitStatus{0, 0}));
  daemon().start();
  accept("last");
  ASSERT_TRUE(drained());
  const auto ids = ids_of(target.requests("/sink"));
  EXPECT_EQ(ids.size(), 51u);
  EXPECT_EQ(ids.back(), "last");
}

TEST_F(Durability, a_second_daemon_on_the_same_store_is_refused) {
  start(acme_with_one_sink());
  test::DaemonProcess second(config_of(acme_with_one_sink()));
  auto text = test::read_file(second.config_file());
  const auto at = text.find(second.store_directory());
  ASSERT_NE(at, std::string::npos);
  test::write_file(second.config_file(),
                   text.replace(at, second.store_directory().size(), daemon().store_directory()));
  second.launch();
  const auto exit = second.wait_exit();
  ASSERT_TRUE(exit);
  EXPECT_EQ(exit->signal, 0);
  EXPECT_NE(exit->code, 0);
  EXPECT_NE(second.log().find(daemon().store_directory()), std::string::npos) << second.log();
  accept("the-first-goes-on");
}

TEST_F(Durability, sigterm_finishes_what_is_under_way_and_exits_0) {
  std::atomic<bool> slow = true;
  const auto take_a_while = [&slow](const test::RecordedRequest&) {
    if (slow.exchange(false))
      std::this_thread::sleep_for(milliseconds(200));  // the answer is what takes the time
    return Answer::with(204);
  };
  target.script("/sink", take_a_while);
  start(acme_with_one_sink());
  accept("e1");
  daemon().signal(SIGTERM);
  const auto exit = daemon().wait_exit();
  ASSERT_TRUE(exit);
  EXPECT_EQ(*exit, (test::ExitStatus{0, 0}));
  daemon().start();
  ASSERT_TRUE(drained());
  EXPECT_EQ(arrived(), (std::set<std::string>{"e1"}));
}

TEST_F(Durability, journeys_dead_letters_and_counts_are_kept_across_a_restart) {
  target.script("/dead", test::always(400));
  target.script("/waiting", test::always(503));
  start(acme({R"(sink: { http: { url: "{target}/sink" } })", R"(dead: { http: { url: "{target}/dead" } })",
              R"(waiting: { http: { url: "{target}/waiting" } })"},
             {"to-sink: { to: [sink] }", "to-dead: { to: [dead] }",
              "to-waiting: { to: [waiting], retry: { initial: 1h, max: 1h, jitter: none } }"}));
  accept("e1");
  ASSERT_TRUE(total_becomes("delivered", 1));
  ASSERT_TRUE(total_becomes("dead", 1));
  ASSERT_EQ(target.wait_for("/waiting", 1).size(), 1u);
  ASSERT_TRUE(
      wait_until([&] { return look(kChannel + "/events/1").dump().find("503") != std::string::npos; }));
  const auto letters = dead_letters();
  const auto journey = look(kChannel + "/events/1");
  EXPECT_EQ(daemon().terminate(), (test::ExitStatus{0, 0}));
  daemon().start();
  EXPECT_EQ(total("pending"), 1u);
  EXPECT_EQ(total("delivered"), 1u);
  EXPECT_EQ(total("dead"), 1u);
  EXPECT_EQ(dead_letters(), letters);
  EXPECT_EQ(look(kChannel + "/events/1"), journey);
}

TEST_F(Durability, sequence_numbers_go_on_after_kill_9) {
  start(acme_with_one_sink());
  accept("e1");
  daemon().kill_hard();
  daemon().start();
  const auto response = publish("e2");
  EXPECT_EQ(json::parse(response.body).at("first_seq"), 2) << response.body;
}

TEST_F(Durability, a_damaged_store_is_not_served_as_if_it_were_whole) {
  start(acme_with_one_sink());
  for (int i = 0; i < 100; ++i) accept("e" + std::to_string(i), "t", '"' + std::string(1000, 'x') + '"');
  ASSERT_TRUE(drained());
  daemon().kill_hard();
  // Flip a byte in the middle of what the log holds; zeros follow it.
  const auto log = std::filesystem::path(daemon().store_directory()) / "log" / "0000000001.log";
  auto bytes = test::read_file(log);
  const auto end = bytes.find_last_not_of('\0');
  ASSERT_NE(end, std::string::npos);
  bytes[end / 2] = static_cast<char>(bytes[end / 2] ^ 1);
  test::write_file(log, bytes);
  daemon().launch();
  const auto exit = daemon().wait_exit();
  ASSERT_TRUE(exit) << "it serves";
  EXPECT_EQ(exit->signal, 0);
  EXPECT_NE(exit->code, 0);
}

}  // namespace
}  // namespace signalbox::scenario
