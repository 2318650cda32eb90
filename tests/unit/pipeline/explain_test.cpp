#include "pipeline/explain.hpp"

#include <gtest/gtest.h>

#include <memory>

#include "pipeline/filter_input.hpp"
#include "pipeline/filter_shape.hpp"

namespace signalbox::pipeline {
namespace {

/// Wants one field to be a string, and says why not in words of its own.
class WantsText final : public Filter {
 public:
  WantsText(std::string path, std::string text) : path_(std::move(path)), text_(std::move(text)) {}
  FilterShape shape() const override {
    FilterShape shape;
    shape.fields = {path_};
    shape.alternatives.emplace_back();
    return shape;
  }
  bool matches(const FilterInput& input, std::span<const std::uint32_t> fields) const override {
    return !explain(input, fields);
  }
  std::optional<Mismatch> explain(const FilterInput& input,
                                  std::span<const std::uint32_t> fields) const override {
    const auto leaves = input.leaves(fields[0]);
    if (!leaves.empty() && leaves[0].text == text_) return std::nullopt;
    return Mismatch{"/" + path_ + "/0", path_, "\"" + text_ + "\"",
                    leaves.empty() ? "nothing" : std::string(leaves[0].text)};
  }

 private:
  std::string path_, text_;
};

Event order(const std::string& data) {
  EventBuilder builder;
  builder.set("specversion", "1.0").set("id", "7").set("source", "/shop").set("type", "placed");
  builder.data(DataKind::json, data);
  return builder.build();
}

class Explanation : public testing::Test {
 protected:
  ExplainedRule& add(std::string_view name, std::string path, std::string text) {
    filters_.push_back(std::make_unique<WantsText>(std::move(path), std::move(text)));
    rules_.push_back({name, filters_.back().get(), targets_});
    return rules_.back();
  }
  std::string of(const Event& event, std::uint64_t seq = 0) const {
    ExplanationText text(event, seq);
    text.add(Explainer(rules_).explain(event));
    return text.take();
  }

  const std::vector<std::string> targets_{"crm", "log"};
  std::vector<std::unique_ptr<Filter>> filters_;
  std::vector<ExplainedRule> rules_;
};

constexpr const char* kHead = R"({"event":{"id":"7","source":"/shop","type":"placed"},"rules":[)";

TEST_F(Explanation, a_rule_that_matches_names_its_targets) {
  add("swiss", "data.country", "CH");
  EXPECT_EQ(of(order(R"({"country":"CH"})")),
            std::string(kHead) + R"({"rule":"swiss","match":true,"targets":["crm","log"]}]})");
}

TEST_F(Explanation, a_rule_that_does_not_tells_place_path_wanted_and_found) {
  add("swiss", "data.country", "CH");
  EXPECT_EQ(of(order(R"({"country":"DE"})")),
            std::string(kHead) +
                R"({"rule":"swiss","match":false,"place":"/data.country/0","path":"data.country",)"
                R"("wanted":"\"CH\"","found":"DE"}]})");
}

TEST_F(Explanation, each_rule_sees_its_own_fields_and_they_stay_in_order) {
  add("b", "data.x", "1");
  add("a", "data.y", "2");
  add("c", "type", "placed");
  const auto verdicts = Explainer(rules_).explain(order(R"({"y":"2","x":"2"})"));
  ASSERT_EQ(verdicts.size(), 3u);
  EXPECT_EQ(verdicts[0].rule.name, "b");
  EXPECT_EQ(verdicts[0].mismatch.value().found, "2");
  EXPECT_TRUE(verdicts[1].match());
  EXPECT_TRUE(verdicts[2].match());
}

TEST_F(Explanation, a_rule_that_is_not_enabled_takes_nothing_and_tells_what_its_filter_says) {
  add("off", "data.country", "CH").enabled = false;
  EXPECT_EQ(of(order(R"({"country":"CH"})")),
            std::string(kHead) + R"({"rule":"off","match":false,"enabled":false,"would_match":true}]})");
  EXPECT_NE(of(order("{}")).find(R"("enabled":false,"place":"/data.country/0")"), std::string::npos);
}

TEST_F(Explanation, a_paused_rule_matches_and_says_that_it_is_paused) {
  add("waits", "data.country", "CH").paused = true;
  EXPECT_EQ(of(order(R"({"country":"CH"})")),
            std::string(kHead) + R"({"rule":"waits","match":true,"paused":true,"targets":["crm","log"]}]})");
}

TEST_F(Explanation, an_event_of_a_log_has_its_seq) {
  EXPECT_EQ(of(order("{}"), 12),
            R"({"event":{"id":"7","source":"/shop","type":"placed","seq":12},"rules":[]})");
}

TEST_F(Explanation, texts_become_valid_json_whatever_they_hold) {
  add("odd", "data.x", "a\"b\xFF");
  const auto text = of(order(R"({"x":"\ud800\n"})"));
  EXPECT_NE(text.find(R"("wanted":"\"a\"b?\"")"), std::string::npos) << text;
  EXPECT_NE(text.find(R"("found":"???\n")"), std::string::npos) << text;
}

TEST_F(Explanation, verdicts_added_in_pieces_make_the_same_text) {
  add("a", "data.x", "1");
  add("b", "data.x", "2");
  const auto event = order(R"({"x":"2"})");
  ExplanationText text(event);
  for (const auto& rule : rules_) text.add(Explainer(std::span(&rule, 1)).explain(event));
  EXPECT_EQ(text.take(), of(event));
}

TEST(Explainer, real_filters_explain_where_they_do_not_match) {
  const auto filter = compile_filter({FilterSpec::Kind::pattern, R"({"data":{"total":[1]}})"});
  ASSERT_TRUE(filter);
  const std::vector<ExplainedRule> rules{{"one", filter->get(), {}}};
  const Explainer explainer(rules);
  EXPECT_TRUE(explainer.explain(order(R"({"total":1.0})"))[0].match());
  EXPECT_FALSE(explainer.explain(order(R"({"total":2})"))[0].match());
}

TEST_F(Explanation, a_pattern_is_explained_by_its_text_when_that_is_known) {
  const FilterSpec spec{FilterSpec::Kind::pattern, R"({"data":{"total":[{"numeric":[">",1000]}]}})"};
  const auto filter = compile_filter(spec);
  ASSERT_TRUE(filter);
  rules_.push_back({"big", filter->get(), targets_});
  rules_.back().spec = &spec;
  EXPECT_EQ(of(order(R"({"total":900})")),
            std::string(kHead) + R"({"rule":"big","match":false,"place":"/data/total","path":"data.total",)"
                                 R"("wanted":"a number > 1000","found":"900"}]})");
}

}  // namespace
}  // namespace signalbox::pipeline
