// Why an event does or does not match.  A daemon that cannot explain yet skips these.
#include "scenario/bus.hpp"

namespace signalbox::scenario {
namespace {

class Explain : public Bus {};

const std::string kTwoRules = acme(
    {R"(sink: { http: { url: "{target}/sink" } })"},
    {"any: { to: [sink] }", R"(big: { pattern: { data: { n: [ { numeric: [">", 5] } ] } }, to: [sink] })"});
const json kSmall = {
    {"specversion", "1.0"}, {"id", "x"}, {"source", "/s"}, {"type", "t"}, {"data", {{"n", 3}}}};

TEST_F(Explain, the_admin_api_says_for_each_rule_whether_an_event_matches_and_why_not) {
  start(kTwoRules);
  const auto response = admin("POST", kChannel + "/explain", kSmall);
  if (response.status == 404) GTEST_SKIP() << "this daemon has no explain";
  ASSERT_EQ(response.status, 200u) << response.body;
  const auto rules = json::parse(response.body).at("rules");
  ASSERT_EQ(rules.size(), 2u);
  for (const auto& rule : rules) EXPECT_EQ(rule.at("match"), rule.at("rule") == "any") << rule;
  EXPECT_NE(response.body.find("data"), std::string::npos);
  EXPECT_EQ(total("accepted"), 0u);
}

TEST_F(Explain, the_command_line_needs_no_daemon) {
  const test::TempDir directory;
  const auto binary = test::signalbox_binary();
  const auto commands = test::run_program({binary, "--help"}).out;
  if (commands.find("\n  explain ") == std::string::npos) GTEST_SKIP() << "this signalbox has no explain";
  const test::DaemonProcess never_started(config_of(kTwoRules));
  test::write_file(directory.file("event.json"), kSmall.dump());
  const auto result =
      test::run_program({binary, "explain", "--config", never_started.config_file(), "--channel",
                         "acme/orders", "--event", directory.file("event.json")});
  EXPECT_EQ(result.exit.code, 0) << result.err;
  for (const std::string word : {"any", "big", "data"})
    EXPECT_NE(result.out.find(word), std::string::npos) << result.out;
}

}  // namespace
}  // namespace signalbox::scenario
