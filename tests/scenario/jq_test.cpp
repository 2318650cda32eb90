// Transforms by jq through the whole daemon.
#include <algorithm>

#include "scenario/bus.hpp"

namespace signalbox::scenario {
namespace {

class Jq : public Bus {};

const std::string kSink = R"(sink: { http: { url: "{target}/sink" } })";

TEST_F(Jq, one_event_becomes_several_or_none) {
  start(acme({kSink}, {R"(items: { transform: { jq: ".data.items[]?" }, to: [sink], {quick} })"}));
  accept("two", "order", R"({"items":[{"sku":"a"},{"sku":"b"}]})");
  accept("none", "order", "{}");
  ASSERT_TRUE(drained());
  auto ids = ids_of(target.requests("/sink"));
  std::ranges::sort(ids);
  EXPECT_EQ(ids, (std::vector<std::string>{"two/1", "two/2"}));
  EXPECT_EQ(total("delivered"), 1u);
  EXPECT_EQ(total("dropped"), 1u);
}

TEST_F(Jq, an_event_that_the_program_hangs_on_is_a_dead_letter_and_others_go_on) {
  start(acme({kSink}, {R"(loop: { transform: { jq: "if .data.hang then (def f: f; f) else .data end" }, to: [sink], {quick} })"}));
  accept("bad", "order", R"({"hang":true})");
  accept("good", "order", R"({"hang":false})");
  const auto letters = wait_for_dead_letters(1);
  EXPECT_EQ(letters[0]["reason"], "transform_failed");
  ASSERT_TRUE(drained());
  EXPECT_EQ(ids_of(target.requests("/sink")), std::vector<std::string>{"good"});
}

}  // namespace
}  // namespace signalbox::scenario
