#include "client/explain.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace signalbox::client {
namespace {

constexpr const char* kNearly =
    R"({"event":{"id":"7","source":"/shop","type":"placed","seq":3},"rules":[)"
    R"({"rule":"audit","match":true,"targets":["crm","log"]},)"
    R"({"rule":"big","match":false,"place":"/data/total/0","path":"data.total","wanted":"a number > 1000","found":"900"}]})";

class Explain : public testing::Test {
 protected:
  std::string shown(const std::string& text, ExplanationView view = ExplanationView::table) {
    exit_code_ = show_explanation(text, view, output_);
    return out_.str();
  }

  std::ostringstream out_, err_;
  Output output_{out_, err_};
  int exit_code_ = -1;
};

TEST_F(Explain, the_table_tells_of_each_rule_why) {
  EXPECT_EQ(shown(kNearly),
            "placed  /shop  id 7  seq 3\n"
            "1 of 2 rules match\n"
            "\n"
            "RULE   MATCH  TARGETS   PLACE          PATH        WANTED           FOUND\n"
            "audit  yes    crm, log\n"
            "big    no               /data/total/0  data.total  a number > 1000  900\n");
  EXPECT_EQ(exit_code_, 0);
}

TEST_F(Explain, one_rule_is_shown_part_by_part_and_uncut) {
  const std::string long_text(200, 'x');
  EXPECT_EQ(shown(R"({"event":{"id":"7","source":"/s","type":"t"},"rules":[{"rule":"big","match":false,)"
                  R"("place":"/0","path":"","wanted":")" +
                      long_text + R"(","found":"nothing"}]})",
                  ExplanationView::one_rule),
            "t  /s  id 7\n"
            "big: no\n"
            "  place    /0\n"
            "  wanted   " +
                long_text +
                "\n"
                "  found    nothing\n");
}

TEST_F(Explain, disabled_and_paused_rules_say_so) {
  const auto text =
      shown(R"({"event":{"id":"7","source":"/s","type":"t"},"rules":[)"
            R"({"rule":"a","match":false,"enabled":false,"would_match":true},)"
            R"({"rule":"b","match":false,"enabled":false,"place":"/x","path":"x","wanted":"1","found":"2"},)"
            R"({"rule":"c","match":true,"paused":true,"targets":["crm"]}]})");
  EXPECT_NE(text.find("a     disabled, else yes"), std::string::npos) << text;
  EXPECT_NE(text.find("b     disabled, else no"), std::string::npos) << text;
  EXPECT_NE(text.find("c     yes, paused         crm"), std::string::npos) << text;
}

TEST_F(Explain, what_matches_is_coloured_only_where_colour_is_wanted) {
  EXPECT_EQ(shown(kNearly).find('\x1b'), std::string::npos);
  out_.str("");
  output_.colour = true;
  const auto text = shown(kNearly);
  EXPECT_NE(text.find("\x1b[32maudit  yes    crm, log\x1b[0m\n"), std::string::npos) << text;
  EXPECT_NE(text.find("\nbig    no "), std::string::npos) << text;
}

TEST_F(Explain, what_an_event_says_does_not_steer_the_terminal) {
  const auto text =
      shown(R"({"event":{"id":"\u001b[2J","source":"/s","type":"t"},"rules":[{"rule":"a","match":false,)"
            R"("place":"/0","path":"x","wanted":"1","found":"\u001b]0;x\u0007"}]})");
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_NE(text.find("id ?[2J"), std::string::npos) << text;
}

TEST_F(Explain, json_is_printed_as_it_is) {
  output_.json = true;
  EXPECT_EQ(shown(kNearly), std::string(kNearly) + "\n");
}

TEST_F(Explain, each_event_is_explained_and_faulty_ones_are_told) {
  std::istringstream in(
      "{\"specversion\":\"1.0\",\"id\":\"a\",\"source\":\"/s\",\"type\":\"t\"}\n{}\n"
      "{\"specversion\":\"1.0\",\"id\":\"b\",\"source\":\"/s\",\"type\":\"t\"}\n");
  EventInput input(in, {});
  std::string ids;
  const auto explain = [&](const Event& event) { return ids += event.id(), 0; };
  EXPECT_EQ(explain_each(input, explain, output_), 1);
  EXPECT_EQ(ids, "ab");
  EXPECT_TRUE(err_.str().starts_with("line 2: no valid CloudEvent\n  ")) << err_.str();
}

TEST_F(Explain, a_faulty_event_is_a_line_of_json_for_scripts) {
  output_.json = true;
  std::istringstream in("{\"specversion\":\"1.0\",\"source\":\"/s\",\"type\":\"t\"}\n");
  EventInput input(in, {});
  EXPECT_EQ(explain_each(
                input, [](const Event&) { return 0; }, output_),
            1);
  EXPECT_EQ(out_.str(),
            R"({"error":"no valid CloudEvent","errors":[{"message":"is missing","where":"id"}],"line":1})"
            "\n");
}

TEST_F(Explain, no_event_is_a_fault_of_the_input) {
  std::istringstream in("\n");
  EventInput input(in, {});
  EXPECT_EQ(explain_each(
                input, [](const Event&) { return 0; }, output_),
            1);
  EXPECT_FALSE(err_.str().empty());
}

TEST_F(Explain, the_first_refusal_ends_it) {
  const std::string event = "{\"specversion\":\"1.0\",\"id\":\"a\",\"source\":\"/s\",\"type\":\"t\"}\n";
  std::istringstream in(event + event);
  EventInput input(in, {});
  int calls = 0;
  EXPECT_EQ(explain_each(
                input, [&](const Event&) { return ++calls, 3; }, output_),
            3);
  EXPECT_EQ(calls, 1);
}

TEST_F(Explain, an_answer_that_is_no_explanation_is_the_daemons_fault) {
  shown("{\"rules\":[]}");
  EXPECT_EQ(exit_code_, 3);
}

}  // namespace
}  // namespace signalbox::client
