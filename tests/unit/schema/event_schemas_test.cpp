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

}  // namespace
}  // namespace signalbox::schema
