#include "client/event_input.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace signalbox::client {
namespace {

std::string event_of(const std::string& id) {
  return R"({"specversion":"1.0","id":")" + id + R"(","source":"/s","type":"t"})";
}

/// Every item in a word: the id of an event, or "line 2: id: is missing" of what is none.
std::vector<std::string> items_of(const std::string& text, const event::Limits& limits = {}) {
  std::istringstream in(text);
  EventInput input(in, limits);
  std::vector<std::string> items;
  while (auto item = input.next()) {
    std::string told = item->line == 0 ? "" : "line " + std::to_string(item->line) + ": ";
    if (const auto* event = std::get_if<Event>(&item->event)) {
      told += event->id();
    } else {
      for (const auto& fault : std::get<std::vector<event::Fault>>(item->event)) {
        if (fault.index) told += "[" + std::to_string(*fault.index) + "] ";
        told += fault.where + ": " + fault.message;
      }
    }
    items.push_back(told);
  }
  return items;
}

using Items = std::vector<std::string>;

TEST(EventInput, one_event_may_go_over_several_lines) {
  EXPECT_EQ(
      items_of("\n{\n  \"specversion\": \"1.0\", \"id\": \"a\",\n \"source\": \"/s\", \"type\": \"t\"\n}\n"),
      Items{"a"});
}

TEST(EventInput, json_lines_are_events_of_their_own_and_blank_lines_none) {
  EXPECT_EQ(items_of(event_of("a") + "\n\n" + event_of("b") + "\r\n" + event_of("c")),
            (Items{"line 1: a", "line 3: b", "line 4: c"}));
}

TEST(EventInput, an_array_holds_several_events) {
  EXPECT_EQ(items_of("[" + event_of("a") + ",\n" + event_of("b") + "]"), (Items{"a", "b"}));
  EXPECT_EQ(items_of("[]"), Items{});
}

TEST(EventInput, a_line_that_is_no_event_does_not_end_the_input) {
  EXPECT_EQ(items_of(event_of("a") + "\n{\"specversion\":\"1.0\",\"source\":\"/s\",\"type\":\"t\"}\n" +
                     event_of("b")),
            (Items{"line 1: a", "line 2: id: is missing", "line 3: b"}));
}

TEST(EventInput, an_array_with_a_faulty_event_is_refused_whole) {
  const auto items =
      items_of("[" + event_of("a") + ",{\"specversion\":\"1.0\",\"source\":\"/s\",\"type\":\"t\"}]");
  EXPECT_EQ(items, Items{"[1] id: is missing"});
}

TEST(EventInput, limits_are_those_given) {
  event::Limits limits;
  limits.event_bytes = 16;
  EXPECT_NE(items_of(event_of("a"), limits), Items{"line 1: a"});
}

TEST(EventInput, nothing_is_no_event) {
  EXPECT_EQ(items_of(""), Items{});
  EXPECT_EQ(items_of(" \n\n"), Items{});
}

TEST(EventInput, lines_are_answered_before_the_input_ends) {
  std::stringstream in;
  in << event_of("a") << "\n";
  EventInput input(in, {});
  EXPECT_TRUE(input.next());
  in << event_of("b") << "\n";
  EXPECT_TRUE(input.next());
}

}  // namespace
}  // namespace signalbox::client
