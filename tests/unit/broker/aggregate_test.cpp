#include "broker/aggregate.hpp"

#include <gtest/gtest.h>

#include "event/codec.hpp"
#include "event/hops.hpp"
#include "event/validate.hpp"

namespace signalbox::broker {
namespace {

using namespace std::chrono_literals;

StoredEventPtr stored(Seq seq, const std::string& json, std::chrono::seconds when = 0s) {
  auto event = std::make_shared<StoredEvent>();
  event->seq = seq;
  event->accepted_at = WallTime(1'700'000'000s + when);
  event->event = *event::decode_json_event(json, event::Limits());
  return event;
}
const std::string kFirst = R"({"specversion":"1.0","id":"a","source":"/s","type":"t","data":{"customer":7}})";
const std::string kSecond = R"({"specversion":"1.0","id":"b","source":"/s","type":"t","data_base64":"AAE="})";

Aggregate by(const std::string& text) {
  Aggregate aggregate;
  aggregate.by = text;
  aggregate.key = std::make_shared<const pipeline::EventText>(*pipeline::EventText::parse(text));
  return aggregate;
}

TEST(Aggregate, members_become_one_valid_event_with_all_of_them_as_its_data) {
  const ChannelName channel{"acme", "orders"};
  const auto made = make_aggregate(channel, "daily", "7", {stored(3, kFirst), stored(9, kSecond, 5s)});
  EXPECT_TRUE(event::validate(made, event::Limits()).empty());
  EXPECT_EQ(event::to_json(made),
            R"({"specversion":"1.0","id":"3-9","source":"/acme/orders/daily","type":"signalbox.aggregate",)"
            R"("datacontenttype":"application/json","subject":"7","time":"2023-11-14T22:13:25Z","aggregatecount":2,)"
            R"("aggregatekey":"7","data":[)" +
                kFirst + "," + kSecond + "]}");
}

TEST(Aggregate, without_a_key_there_is_none) {
  const auto made = make_aggregate({"acme", "orders"}, "r", "", {stored(3, kFirst)});
  EXPECT_FALSE(made.find("subject"));
  EXPECT_FALSE(made.find(kAggregateKey));
  EXPECT_EQ(made.id(), "3-3");
}

TEST(Aggregate, a_group_has_gone_as_far_as_the_farthest_of_its_events) {
  auto far = std::make_shared<StoredEvent>(*stored(2, kFirst));
  far->event = event::with_hops(far->event, 5);
  EXPECT_EQ(event::hops_of(make_aggregate({"t", "c"}, "r", "", {stored(1, kFirst), far, stored(3, kFirst)})), 5);
}

TEST(Aggregate, the_key_is_what_the_event_has_there) {
  EXPECT_EQ(by("$.data.customer").key_of(stored(1, kFirst)->event), "7");
  EXPECT_EQ(by("source").key_of(stored(1, kFirst)->event), "/s");
  EXPECT_EQ(by("<$.source>:<$.data.customer>").key_of(stored(1, kFirst)->event), "/s:7");
  EXPECT_EQ(by("$.data.nobody").key_of(stored(1, kFirst)->event), "");
  EXPECT_EQ(by("$.data.customer").key_of(stored(1, kSecond)->event), "");
  EXPECT_EQ(Aggregate().key_of(stored(1, kFirst)->event), "");
}

TEST(Aggregate, a_key_that_no_attribute_can_hold_is_told_by_its_hash) {
  const auto key_of = [](const std::string& value) {
    return by("$.data.k").key_of(
        stored(1, R"({"specversion":"1.0","id":"a","source":"/s","type":"t","data":{"k":")" + value + "\"}}")->event);
  };
  EXPECT_EQ(key_of(std::string(256, 'x')), std::string(256, 'x'));
  EXPECT_EQ(key_of(std::string(257, 'x')).substr(0, 5), "xxh3:");
  EXPECT_EQ(key_of("a\\nb").substr(0, 5), "xxh3:");
  EXPECT_NE(key_of("a\\nb"), key_of("a\\nc"));
}

TEST(Aggregate, settings_that_gather_otherwise_have_another_fingerprint) {
  auto other = by("$.data.customer");
  EXPECT_EQ(other.fingerprint(), by("$.data.customer").fingerprint());
  EXPECT_NE(other.fingerprint(), by("$.data.shop").fingerprint());
  other.up_to = 7;
  EXPECT_NE(other.fingerprint(), by("$.data.customer").fingerprint());
}

}  // namespace
}  // namespace signalbox::broker
