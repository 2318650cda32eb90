// What we send in the JSON format against the rules of the CloudEvents project's own cloudevents.schema.json,
// checked by hand: an object, its required members, the types of the members it knows, minLength 1.
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <variant>

#include "event/codec.hpp"
#include "event/json_scan.hpp"
#include "suite_files.hpp"

namespace signalbox::event {
namespace {

using Members = std::map<std::string, JsonValue>;

Members members_of(std::string_view json) {
  Members members;
  JsonCursor cursor(json, 64);
  EXPECT_TRUE(cursor.enter_object());
  while (const auto name = cursor.next_member())
    if (const auto value = cursor.read_value()) members.emplace(name->content(), *value);
  EXPECT_TRUE(cursor.expect_end());
  return members;
}

std::vector<Event> sent_events() {
  std::vector<Event> events;
  EventBuilder builder;
  builder.set("specversion", "1.0").set("id", "A \"1\"").set("source", "/s").set("type", "t");
  events.push_back(builder.build());
  events.push_back(builder.data(DataKind::json, "{\"a\":[null]}").build());
  events.push_back(builder.data(DataKind::json, "null").build());
  events.push_back(builder.data(DataKind::binary, "\xff").build());
  builder.set("datacontenttype", "text/plain")
      .set("dataschema", "http://x/y")
      .set("subject", "é")
      .set("time", "2018-04-05T17:31:00Z");
  builder.set("n", "-7", AttributeType::integer).set("b", "true", AttributeType::boolean);
  events.push_back(builder.data(DataKind::text, "a\n\"b\"").build());
  return events;
}

void check_by_the_schema(const Members& members) {
  for (const char* required : {"id", "source", "specversion", "type"})
    EXPECT_TRUE(members.count(required)) << required;
  for (const auto& [name, value] : members) {
    if (name == "data") continue;  // any JSON value
    const bool extension = name == "n" || name == "b";
    EXPECT_EQ(value.type == JsonType::string, !extension) << name;
    EXPECT_TRUE(extension || !value.content().empty()) << name;
  }
  EXPECT_FALSE(members.count("data") && members.count("data_base64"));
}

TEST(CloudEventsSchema, events_are_sent_by_its_rules) {
  for (const auto& event : sent_events()) check_by_the_schema(members_of(encode_structured(event).body));
}

TEST(CloudEventsSchema, extensions_keep_their_json_types) {
  const auto json = to_json(sent_events().back());
  const auto members = members_of(json);
  EXPECT_EQ(members.at("n").raw, "-7");
  EXPECT_EQ(members.at("b").raw, "true");
}

// The test above knows the schema by heart: this one notices when it changes.
TEST(CloudEventsSchema, requires_what_the_rules_here_require) {
  const auto path = conformance::suite("cloudevents.schema.json");
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "no schema at " << path;
  const auto schema = conformance::contents(path);
  const auto members = members_of(schema);
  EXPECT_EQ(members.at("required").raw, R"(["id", "source", "specversion", "type"])");
  std::string known;
  for (const auto& [name, value] : members_of(members.at("properties").raw)) (known += name) += ' ';
  EXPECT_EQ(known, "data data_base64 datacontenttype dataschema id source specversion subject time type ");
}

}  // namespace
}  // namespace signalbox::event
