#include "event/hops.hpp"

#include <gtest/gtest.h>

#include <string>

namespace signalbox::event {
namespace {

Event event(const std::string& hops = {}) {
  EventBuilder builder;
  builder.set("specversion", "1.0")
      .set("id", "7")
      .set("source", "/s")
      .set("type", "t")
      .data(DataKind::json, "{}");
  if (!hops.empty()) builder.set(kHopsAttribute, hops);
  return builder.build();
}

TEST(Hops, are_counted_on_and_the_event_stays_as_it_is) {
  EXPECT_EQ(hops_of(event()), 0);
  const auto next = with_hops(event("3"), 4);
  EXPECT_EQ(hops_of(next), 4);
  EXPECT_EQ(next.find(kHopsAttribute)->type, AttributeType::integer);
  EXPECT_EQ(next.id(), "7");
  EXPECT_EQ(next.data(), "{}");
}

TEST(Hops, what_is_no_count_is_none_and_too_large_a_count_is_the_most) {
  EXPECT_EQ(hops_of(event("3")), 3);
  for (const auto* text : {"many", "3x", "-5"}) EXPECT_EQ(hops_of(event(text)), 0) << text;
  for (const auto* text : {"16", "99", "99999999999999999999"})
    EXPECT_EQ(hops_of(event(text)), kHopsMost) << text;
}

}  // namespace
}  // namespace signalbox::event
