#include "event/validate.hpp"

#include <gtest/gtest.h>

namespace signalbox::event {
namespace {

EventBuilder sample() {
  return std::move(
      EventBuilder().set("specversion", "1.0").set("id", "1").set("source", "/s").set("type", "t"));
}

std::string places(const Event& event, const Limits& limits = {}) {
  std::string out;
  for (const auto& fault : validate(event, limits))
    (out += out.empty() ? "" : " ") += fault.where.empty() ? "-" : fault.where;
  return out;
}

TEST(Validate, exactly_the_core_attributes_are_known_by_name) {
  for (std::size_t i = 0; i < kCoreAttributes.size(); ++i) EXPECT_EQ(core_attribute(kCoreAttributes[i]), i);
  for (const char* name :
       {"", "ie", "tame", "typo", "sourcf", "subjecT", "dataschemb", "specversiom", "datacontenttypf", "x"})
    EXPECT_FALSE(core_attribute(name)) << name;
}

TEST(Validate, a_valid_event_has_no_faults) {
  EXPECT_EQ(places(sample()
                       .set("n", "-7", AttributeType::integer)
                       .set("b", "true", AttributeType::boolean)
                       .set("e", "")
                       .build()),
            "");
  EXPECT_EQ(places(sample().data(DataKind::json, "{}").build()), "");
  EXPECT_EQ(places(sample().set("datacontenttype", "text/plain").data(DataKind::text, "é").build()), "");
  EXPECT_EQ(places(sample().data(DataKind::binary, "\xff").build()), "");
}

TEST(Validate, what_decode_would_refuse_is_named) {
  EXPECT_EQ(places(Event()), "-");
  EXPECT_EQ(places(sample()
                       .set("id", "")
                       .set("source", "a b")
                       .set("time", "x")
                       .set("UP", "1")
                       .set("x", "a\r\nb: c")
                       .build()),
            "id source time UP x");
  EXPECT_EQ(places(sample().set("datacontenttype", "a/b\r\nx: y").build()), "datacontenttype");
  EXPECT_EQ(places(sample().set("n", "+7", AttributeType::integer).build()), "n");
  EXPECT_EQ(places(sample().set("n", "007", AttributeType::integer).build()), "n");
  EXPECT_EQ(places(sample().set("b", "yes", AttributeType::boolean).build()), "b");
  EXPECT_EQ(places(sample().set("id", "7", AttributeType::integer).build()), "id");
  EXPECT_EQ(places(sample().set("x", "1").build(), {.attributes = 4}), "-");
  EXPECT_EQ(places(sample().build(), {.event_bytes = 10}), "-");
}

TEST(Validate, data_must_be_what_its_kind_says) {
  EXPECT_EQ(places(sample().data(DataKind::json, R"({"a":[x]})").build()), "/data/a/0");
  EXPECT_EQ(places(sample().data(DataKind::json, "[[1]]").build(), {.json_depth = 1}), "/data/0");
  EXPECT_EQ(places(sample().set("datacontenttype", "text/plain").data(DataKind::json, "1").build()), "/data");
  EXPECT_EQ(places(sample().data(DataKind::text, "x").build()), "/data");
  EXPECT_EQ(places(sample().set("datacontenttype", "application/json").data(DataKind::text, "x").build()),
            "/data");
  EXPECT_EQ(places(sample().set("datacontenttype", "text/plain").data(DataKind::text, "\xff").build()),
            "/data");
  EXPECT_EQ(places(sample().data(DataKind::none, "x").build()), "/data");
}

}  // namespace
}  // namespace signalbox::event
