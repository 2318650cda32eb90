#include "signalbox/event.hpp"

#include <gtest/gtest.h>

namespace signalbox {
namespace {

Event sample() {
  return EventBuilder()
      .set("type", "t")
      .set("specversion", "1.0")
      .set("id", "1")
      .set("source", "/s")
      .set("count", "-7", AttributeType::integer)
      .data(DataKind::json, "{\"a\" : 1}")
      .build();
}

TEST(Event, a_record_gives_back_what_was_built) {
  const auto again = Event::from_record(sample().record());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->id(), "1");
  EXPECT_EQ(again->source(), "/s");
  EXPECT_EQ(again->type(), "t");
  EXPECT_EQ(again->find("count")->type, AttributeType::integer);
  EXPECT_EQ(again->value("count"), "-7");
  EXPECT_EQ(again->value("absent"), "");
  EXPECT_EQ(again->data_kind(), DataKind::json);
  EXPECT_EQ(again->data(), "{\"a\" : 1}");
}

TEST(Event, a_damaged_record_is_refused_wherever_it_is_cut) {
  const auto whole = sample().record();
  const auto text_end = whole.size() - sample().data().size();
  for (std::size_t cut = 0; cut < text_end; ++cut) EXPECT_FALSE(Event::from_record(whole.substr(0, cut))) << cut;
}

TEST(Event, a_builder_from_an_event_changes_only_what_it_is_told) {
  const auto changed = EventBuilder::from(sample()).set("subject", "x").remove("count").build();
  EXPECT_EQ(changed.value("subject"), "x");
  EXPECT_FALSE(changed.find("count"));
  EXPECT_EQ(changed.data(), sample().data());
}

}  // namespace
}  // namespace signalbox
