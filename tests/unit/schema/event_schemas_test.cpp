#include "schema/event_schemas.hpp"

#include <gtest/gtest.h>

namespace signalbox::schema {
namespace {

EventBuilder an_event(std::string_view type) {
  EventBuilder builder;
  builder.set("specversion", "1.0").set("id", "1").set("source", "/s").set("type", type);
  return builder;
}

Event order(std::string_view json) { return an_event("order").data(DataKind::json, json).build(); }

std::shared_ptr<const Schema> schema_of(std::string_view text) { return *Schema::compile(text); }

const auto kTotal = schema_of(R"({"required":["total"],"properties":{"total":{"minimum":0}}})");

TEST(EventSchemas, events_of_the_type_are_checked_and_others_not) {
  const EventSchemas schemas({{"order", "", kTotal, OnInvalid::reject}});
  EXPECT_TRUE(schemas.check(order(R"({"total":1})")).faults.empty());
  EXPECT_TRUE(schemas.check(an_event("other").data(DataKind::json, "{}").build()).faults.empty());
  const auto verdict = schemas.check(order(R"({"total":-1})"));
  EXPECT_EQ(verdict.on_invalid, OnInvalid::reject);
  ASSERT_EQ(verdict.faults.size(), 1u);
  EXPECT_EQ(verdict.faults[0].pointer, "/total");
}

TEST(EventSchemas, a_dataschema_chooses_whatever_the_type) {
  const EventSchemas schemas({{"", "urn:total", kTotal, OnInvalid::tag}});
  EXPECT_TRUE(schemas.check(order("{}")).faults.empty());
  const auto named = an_event("x").set("dataschema", "urn:total").data(DataKind::json, "{}").build();
  EXPECT_EQ(schemas.check(named).faults.size(), 1u);
}

TEST(EventSchemas, with_type_and_dataschema_both_must_be_the_events) {
  const EventSchemas schemas({{"order", "urn:total", kTotal, OnInvalid::reject}});
  EXPECT_TRUE(schemas.check(order("{}")).faults.empty());
  const auto both = an_event("order").set("dataschema", "urn:total").data(DataKind::json, "{}").build();
  EXPECT_EQ(schemas.check(both).faults.size(), 1u);
}

TEST(EventSchemas, the_strictest_of_the_schemas_that_are_not_met_decides) {
  const EventSchemas schemas({{"order", "", kTotal, OnInvalid::tag},
                              {"order", "", schema_of(R"({"required":["id"]})"), OnInvalid::reject}});
  EXPECT_EQ(schemas.check(order("{}")).on_invalid, OnInvalid::reject);
  EXPECT_EQ(schemas.check(order("{}")).faults.size(), 2u);
  EXPECT_EQ(schemas.check(order(R"({"id":1})")).on_invalid, OnInvalid::tag);
}

TEST(EventSchemas, data_that_is_no_json_meets_no_schema) {
  const EventSchemas schemas({{"order", "", schema_of("true"), OnInvalid::reject}});
  EXPECT_EQ(schemas.check(an_event("order").build()).faults.at(0).message,
            "has no data, and its schema wants JSON");
  const auto text = an_event("order").data(DataKind::text, "1").build();
  EXPECT_EQ(schemas.check(text).faults.at(0).message, "is no JSON, and its schema wants JSON");
}

TEST(EventSchemas, a_tagged_event_tells_the_first_fault_in_a_valid_attribute) {
  const auto event = order("{}");
  const auto marked = tagged(event, {{SchemaFault::Kind::mismatch, "/a\nb", "", "must be at least 5"}});
  EXPECT_EQ(marked.value(kFaultAttribute), "/a?b: must be at least 5");
  EXPECT_EQ(marked.data(), event.data());
  const auto cut = tagged(event, {{SchemaFault::Kind::mismatch, "", "", std::string(255, 'x') + "é"}});
  EXPECT_EQ(cut.value(kFaultAttribute), std::string(255, 'x'));
}

TEST(EventSchemas, the_strictest_of_the_schemas_that_an_event_does_not_fit_decides) {
  const auto fails = schema_of("false");
  const auto strictest = [&](std::vector<OnInvalid> actions) {
    std::vector<EventSchema> schemas;
    for (const auto action : actions) schemas.push_back({"order", "", fails, action});
    return EventSchemas(std::move(schemas)).check(order("{}")).on_invalid;
  };
  EXPECT_EQ(strictest({OnInvalid::tag, OnInvalid::dead_letter}), OnInvalid::dead_letter);
  EXPECT_EQ(strictest({OnInvalid::reject, OnInvalid::dead_letter}), OnInvalid::reject);
  EXPECT_EQ(strictest({OnInvalid::tag, OnInvalid::tag}), OnInvalid::tag);
}

TEST(EventSchemas, only_some_make_dead_letters) {
  EXPECT_FALSE(EventSchemas({{"order", "", kTotal, OnInvalid::reject}}).may_dead_letter());
  EXPECT_TRUE(EventSchemas({{"a", "", kTotal, OnInvalid::tag}, {"b", "", kTotal, OnInvalid::dead_letter}})
                  .may_dead_letter());
}

TEST(EventSchemas, a_tag_with_all_faults_is_cut_and_can_be_taken_away) {
  const SchemaFault a{SchemaFault::Kind::mismatch, "/a", "", "is wrong"};
  const SchemaFault b{SchemaFault::Kind::mismatch, "", "", "lacks\n\"b\""};
  const auto event = tagged_with_all(order("{}"), {a, b});
  EXPECT_EQ(event.value(kFaultAttribute), "/a: is wrong; lacks?\"b\"");
  EXPECT_EQ(untagged(event), order("{}"));
  EXPECT_EQ(untagged(order("{}")), order("{}"));
  const SchemaFault big{SchemaFault::Kind::mismatch, "/" + std::string(1'000, 'x'), "", ""};
  EXPECT_EQ(tagged_with_all(order("{}"), {big, big}).value(kFaultAttribute).size(), 480u);
}

}  // namespace
}  // namespace signalbox::schema
