#include "pipeline/split.hpp"

#include <gtest/gtest.h>

#include <set>

namespace signalbox::pipeline {
namespace {

Event event(const std::string& id, const std::string& subject, const std::string& data = {}) {
  EventBuilder builder;
  builder.set("specversion", "1.0").set("id", id).set("source", "/s").set("type", "t");
  if (!subject.empty()) builder.set("subject", subject);
  if (!data.empty()) builder.data(DataKind::json, data);
  return builder.build();
}

Split split(const std::string& by, const std::string& take, const std::string& salt = {}) {
  return Split(*EventText::parse(by), *parse_share(take), salt);
}

TEST(Share, is_read_as_it_is_written) {
  EXPECT_EQ(*parse_share("10%"), (Share{0, 100'000}));
  EXPECT_EQ(*parse_share("0%-0.5%"), (Share{0, 5'000}));
  EXPECT_EQ(*parse_share("99.9999%-100%"), (Share{999'999, 1'000'000}));
  EXPECT_EQ(*parse_share("100%"), Share());
  for (const auto* text : {"10%-30%", "0%-12.5%", "99.9999%-100%"})
    EXPECT_EQ(share_text(*parse_share(text)), text);
}

TEST(Share, what_is_none_is_refused) {
  for (const auto* text : {"", "%", "10", "10 %", "101%", "-5%", "10%-", "10%-20%-30%", "1.23456%", ".5%",
                           "1.%", "1e1%", "1000%"})
    EXPECT_FALSE(parse_share(text)) << text;
  for (const auto* text : {"0%", "10%-10%", "30%-10%"})
    EXPECT_EQ(parse_share(text).error().message, "the share is empty: no event would be in it") << text;
}

TEST(Split, one_key_has_one_point_for_ever) {
  const auto by_subject = split("subject", "10%");
  const auto point = by_subject.point_of(event("1", "ada"));
  EXPECT_EQ(by_subject.point_of(event("2", "ada")), point);
  EXPECT_EQ(split("$.subject", "90%-100%").point_of(event("3", "ada")), point);
  EXPECT_EQ(split("$.data.who", "1%").point_of(event("4", "", R"({"who":"ada"})")), point);
  EXPECT_EQ(point, 410'602u) << "keys must not change sides with a new version";
}

TEST(Split, salt_moves_keys) {
  std::size_t same = 0;
  for (int i = 0; i < 1'000; ++i) {
    const auto one = event("1", std::to_string(i));
    const Share half{0, Share::kWhole / 2};
    same += half.has(split("subject", "50%", "a").point_of(one)) ==
            half.has(split("subject", "50%", "b").point_of(one));
  }
  EXPECT_GT(same, 400u);
  EXPECT_LT(same, 600u);
}

TEST(Split, a_tenth_of_the_keys_is_a_tenth) {
  const auto tenth = split("subject", "10%");
  int in = 0;
  for (int i = 0; i < 20'000; ++i)
    in += tenth.share().has(tenth.point_of(event("1", "customer-" + std::to_string(i))));
  EXPECT_NEAR(in, 2'000, 150);
}

TEST(Split, events_without_the_key_are_their_own_keys) {
  const auto by_subject = split("subject", "10%");
  std::set<std::uint32_t> points;
  for (int i = 0; i < 100; ++i) points.insert(by_subject.point_of(event(std::to_string(i), "")));
  EXPECT_GT(points.size(), 95u);
  EXPECT_EQ(by_subject.point_of(event("7", "")), by_subject.point_of(event("7", "")));
}

TEST(EventText, takes_an_attribute_a_path_or_a_template) {
  const auto one = event("1", "ada", R"({"region":"eu","n":7,"nested":{"x":"y"}})");
  const std::pair<const char*, const char*> cases[] = {{"subject", "ada"},
                                                       {"$.data.region", "eu"},
                                                       {"<$.data.region>-crm", "eu-crm"},
                                                       {"$.data.n", "7"},
                                                       {"<$.subject>/<$.data.n>", "ada/7"}};
  for (const auto& [text, expected] : cases) EXPECT_EQ(EventText::parse(text)->of(one), expected) << text;
  EXPECT_EQ(EventText::parse("$.data.nothing")->of(one), std::nullopt);
  EXPECT_EQ(EventText::parse("partitionkey")->of(one), std::nullopt);
}

TEST(EventText, says_what_cannot_stand_there) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "expected a path such as $.data.customer, got an empty text"},
      {"Data.x",
       "expected an attribute or a path such as $.data.customer: an attribute's name has only lower-case "
       "letters and digits"},
      {"<aws.events.rule-name>", "only paths such as <$.data.customer> can stand here"}};
  for (const auto& [text, expected] : cases) {
    const auto parsed = EventText::parse(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().message, expected);
  }
}

}  // namespace
}  // namespace signalbox::pipeline
