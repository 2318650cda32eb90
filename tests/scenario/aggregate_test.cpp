// Rules that gather events: a real daemon, and what its targets get.
#include <map>
#include <set>
#include <utility>

#include "scenario/bus.hpp"

namespace signalbox::scenario {
namespace {

using Ids = std::vector<std::string>;

class Aggregate : public Bus {
 protected:
  /// One rule `gather` to /sink with this `aggregate`.
  void gather(const std::string& aggregate, const std::string& more = {}) {
    start(acme({"sink: { http: { url: \"{target}/sink\" } }"},
               {"gather: { to: sink, {quick}, aggregate: " + aggregate + more + " }"}));
  }
  void accept_for(const std::string& id, int customer) {
    accept(id, "order", "{\"customer\":" + std::to_string(customer) + "}");
  }
  json lane() { return look(kChannel + "/rules/gather"); }
};

Ids members_of(const std::string& body) {
  Ids ids;
  for (const auto& member : json::parse(body)) ids.push_back(member.at("id"));
  return ids;
}

TEST_F(Aggregate, so_many_events_of_a_customer_become_one_event) {
  gather("{ by: $.data.customer, every: 1h, up to: 3 }");
  for (const auto* id : {"a", "b", "c"}) accept_for(id, 7), accept_for(std::string(id) + "8", 8);
  const auto requests = target.wait_for("/sink", 2);
  ASSERT_EQ(requests.size(), 2u);
  std::map<std::string, test::RecordedRequest> by_key;
  for (const auto& request : requests) by_key.emplace(request.header("ce-aggregatekey"), request);
  ASSERT_TRUE(by_key.contains("7") && by_key.contains("8"));
  const auto& seven = by_key.at("7");
  EXPECT_EQ(seven.header("ce-type"), "signalbox.aggregate");
  EXPECT_EQ(seven.header("ce-source"), "/acme/orders/gather");
  EXPECT_EQ(seven.header("ce-id"), "1-5");
  EXPECT_EQ(seven.header("ce-subject"), "7");
  EXPECT_EQ(seven.header("ce-aggregatecount"), "3");
  EXPECT_EQ(seven.header("content-type"), "application/json");
  EXPECT_EQ(members_of(seven.body), Ids({"a", "b", "c"}));
  EXPECT_EQ(json::parse(seven.body)[0].at("data"), json({{"customer", 7}}));
  EXPECT_EQ(members_of(by_key.at("8").body), Ids({"a8", "b8", "c8"}));
  ASSERT_TRUE(total_becomes("delivered", 6));
  EXPECT_EQ(total("pending"), 0u);
}

TEST_F(Aggregate, a_window_closes_a_group_however_few_are_in_it) {
  gather("{ every: 300ms }");
  accept("a");
  ASSERT_EQ(target.wait_for("/sink", 1).size(), 1u);
  ASSERT_TRUE(drained());
  EXPECT_EQ(total("delivered"), 1u);
}

TEST_F(Aggregate, bytes_close_a_group) {
  gather("{ bytes: 1KiB }");
  const std::string data = "{\"text\":\"" + std::string(300, 'x') + "\"}";
  for (const auto* id : {"a", "b", "c"}) accept(id, "order", data);
  const auto requests = target.wait_for("/sink", 1);
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_LE(requests[0].body.size(), 1'024u);
  EXPECT_EQ(members_of(requests[0].body), Ids({"a", "b"}));
  EXPECT_TRUE(total_becomes("pending", 1));
}

TEST_F(Aggregate, a_batch_reaches_an_ordinary_target_in_batch_mode_transformed_event_by_event) {
  gather("{ every: 1h, up_to: 2, as: batch }", ", transform: { set: { subject: $.data.customer } }");
  accept_for("a", 7);
  accept_for("b", 8);
  const auto requests = target.wait_for("/sink", 1);
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_EQ(requests[0].header("content-type").substr(0, 34), "application/cloudevents-batch+json");
  const auto batch = json::parse(requests[0].body);
  EXPECT_EQ(members_of(requests[0].body), Ids({"a", "b"}));
  EXPECT_EQ(batch[1].at("subject"), "8");
}

TEST_F(Aggregate, the_transform_shapes_the_one_event) {
  gather("{ by: $.data.customer, every: 1h, up_to: 2 }",
         ", transform: { template: { customer: \"<$.aggregatekey>\", ids: \"<$.data[*].id>\" }, set: { type: summary } }");
  accept_for("a", 7);
  accept_for("b", 7);
  const auto requests = target.wait_for("/sink", 1);
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_EQ(requests[0].header("ce-type"), "summary");
  EXPECT_EQ(json::parse(requests[0].body).at("customer"), "7");
}

TEST_F(Aggregate, figures_and_journeys_tell_of_groups) {
  gather("{ every: 1h, up_to: 2 }");
  for (const auto* id : {"a", "b", "c"}) accept(id);
  ASSERT_TRUE(total_becomes("delivered", 2));
  EXPECT_EQ(total("pending"), 1u);
  EXPECT_EQ(lane().at("gathered"), 1);
  EXPECT_EQ(lane().at("retrying"), 0);
  EXPECT_EQ(lane().at("aggregate"), json({{"every", "1h"}, {"up_to", 2}, {"bytes", 1'024'000}, {"as", "event"}}));
  EXPECT_EQ(lane().at("targets")[0].at("open_groups"), 1);
  const auto second = look(kChannel + "/events/2");
  EXPECT_EQ(second.at("outcomes")[0].at("outcome"), "delivered");
  EXPECT_EQ(second.at("journey")[1].at("what"), "gathered");
  EXPECT_EQ(second.at("journey")[1].at("group"), 1);
  EXPECT_EQ(look(kChannel + "/events/3").at("outcomes")[0].at("outcome"), "gathered");
  EXPECT_EQ(look(kChannel + "/events?outcome=gathered").at("events").size(), 1u);
}

TEST_F(Aggregate, a_group_given_up_is_one_dead_letter_that_can_be_redriven) {
  target.script("/sink", test::always(500));
  gather("{ every: 1h, up_to: 3 }");
  for (const auto* id : {"a", "b", "c"}) accept(id);
  const auto letters = wait_for_dead_letters(1);
  ASSERT_EQ(letters.size(), 1u);
  EXPECT_EQ(letters[0].at("id"), "1-3");
  EXPECT_EQ(letters[0].at("members"), json({1, 2, 3}));
  EXPECT_EQ(letters[0].at("attempts"), 5);
  EXPECT_EQ(total("dead"), 3u);
  EXPECT_EQ(total("pending"), 0u);
  const auto before = target.requests("/sink").size();
  target.script("/sink", test::always(204));
  ASSERT_EQ(admin("POST", kChannel + "/dead-letters/redrive", json({{"seq", 2}})).status, 200u);
  const auto requests = target.wait_for("/sink", before + 1);
  ASSERT_EQ(requests.size(), before + 1);
  EXPECT_EQ(requests.back().header("ce-id"), "1-3");
  EXPECT_EQ(members_of(requests.back().body), Ids({"a", "b", "c"}));
  ASSERT_TRUE(total_becomes("delivered", 3));
  EXPECT_EQ(total("dead"), 0u);
}

TEST_F(Aggregate, a_group_goes_on_over_kill_9) {
  gather("{ by: $.data.customer, every: 1h, up_to: 6 }");
  for (int i = 0; i < 6; ++i) {
    accept_for(std::to_string(i), 7);
    if (i % 2 == 0) daemon().kill_hard(), daemon().start();
  }
  const auto requests = target.wait_for("/sink", 1);
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_EQ(requests[0].header("ce-id"), "1-6");
  EXPECT_EQ(members_of(requests[0].body), Ids({"0", "1", "2", "3", "4", "5"}));
  ASSERT_TRUE(total_becomes("delivered", 6));
}

TEST_F(Aggregate, a_window_that_ends_while_the_daemon_is_away_closes_at_its_start) {
  gather("{ every: 500ms }");
  accept("a");
  accept("b");
  daemon().kill_hard();
  daemon().start();
  const auto requests = target.wait_for("/sink", 1);
  ASSERT_GE(requests.size(), 1u);
  ASSERT_TRUE(drained());
  std::set<std::string> seen;
  for (const auto& request : target.requests("/sink"))
    for (const auto& id : members_of(request.body)) seen.insert(id);
  EXPECT_EQ(seen, std::set<std::string>({"a", "b"}));
}

TEST_F(Aggregate, a_reload_that_ends_the_gathering_lets_the_open_groups_go) {
  gather("{ every: 1h }");
  accept("a");
  accept("b");
  daemon().write_config(config_of(acme({"sink: { http: { url: \"{target}/sink\" } }"}, {"gather: { to: sink, {quick} }"})));
  ASSERT_EQ(admin("POST", "/v1/reload").status, 200u);
  const auto requests = target.wait_for("/sink", 1);
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_EQ(members_of(requests[0].body), Ids({"a", "b"}));
  accept("c");
  EXPECT_EQ(target.wait_for("/sink", 2).back().header("ce-id"), "c");
}

TEST_F(Aggregate, what_cannot_be_gathered_is_a_fault_of_the_configuration) {
  gather("{ every: 1h }");
  const std::pair<const char*, const char*> cases[] = {
      {"gather: { to: other, aggregate: { every: 1s, as: batch } }", "target \"other\" takes no batches"},
      {"gather: { to: asks, aggregate: { every: 1s, as: batch } }", "target \"asks\" takes no batches"},
      {"gather: { to: sink, aggregate: { every: 1s, by: '$.data[' } }", "aggregate.by"},
      {"gather: { to: sink, order: key, aggregate: { every: 1s } }", "delivers groups"},
  };
  for (const auto& [rule, fault] : cases) {
    const std::vector<std::string> targets = {"sink: { http: { url: \"{target}/sink\" } }", "other: { channel: orders }",
                                              "asks: { http: { url: \"{target}/asks\", reply_to: orders } }"};
    daemon().write_config(config_of(acme(targets, {rule})));
    const auto answer = admin("POST", "/v1/reload");
    EXPECT_EQ(answer.status, 422u) << rule;
    EXPECT_NE(json::parse(answer.body).dump().find(json(fault).dump().substr(1, std::string(fault).size())), std::string::npos)
        << answer.body;
  }
}

}  // namespace
}  // namespace signalbox::scenario
