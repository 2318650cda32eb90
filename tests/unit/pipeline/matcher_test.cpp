#include "pipeline/matcher.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <thread>

namespace signalbox::pipeline {
namespace {

Matcher::Rule rule(std::uint32_t id, std::string pattern) {
  auto filter = compile_filter({FilterSpec::Kind::pattern, std::move(pattern)});
  EXPECT_TRUE(filter) << filter.error().message;
  return {RuleId(id), *filter};
}

Event event(std::string_view type, std::string_view data) {
  return EventBuilder()
      .set("specversion", "1.0")
      .set("id", "1")
      .set("source", "/s")
      .set("type", type)
      .data(DataKind::json, data)
      .build();
}

std::vector<std::uint32_t> match(const Matcher& matcher, const Event& event) {
  std::vector<RuleId> matched{RuleId(99999)};
  matcher.match(event, matched);
  std::vector<std::uint32_t> ids;
  for (const auto id : matched) ids.push_back(id.value);
  return ids;
}

using Ids = std::vector<std::uint32_t>;

TEST(Matcher, rules_that_want_the_event_come_ascending) {
  auto everything = compile_filter({});
  auto dialects = compile_filter({FilterSpec::Kind::filters, R"([{"exact":{"type":"t"}}])"});
  ASSERT_TRUE(everything && dialects);
  std::vector<Matcher::Rule> rules;
  rules.push_back(rule(7, R"({"type":["t"]})"));
  rules.push_back(rule(3, R"({"type":[{"prefix":"t"}],"data":{"a":[1]}})"));
  rules.push_back({RuleId(5), *everything});
  rules.push_back(rule(9, R"({"data":{"a":[{"exists":false}]}})"));
  rules.push_back(rule(8, R"({"$or":[{"data":{"a":[{"numeric":[">",0]}]}},{"type":["t"]}]})"));
  rules.push_back({RuleId(1), *dialects});
  const Matcher matcher(std::move(rules));
  EXPECT_EQ(match(matcher, event("t", R"({"a":1})")), (Ids{1, 3, 5, 7, 8}));
  EXPECT_EQ(match(matcher, event("x", R"({"a":1})")), (Ids{5, 8}));
  EXPECT_EQ(match(matcher, event("x", "{}")), (Ids{5, 9}));
}

TEST(Matcher, without_rules_nothing_matches) { EXPECT_EQ(match(Matcher({}), event("t", "1")), Ids{}); }

TEST(Matcher, addresses_are_found_by_any_of_their_spellings) {
  const Matcher matcher(
      {rule(1, R"({"data":{"ip":["10.0.0.1"]}})"), rule(2, R"({"data":{"ip":["::1",5]}})")});
  EXPECT_EQ(match(matcher, event("t", R"({"ip":"010.0.0.1"})")), Ids{1});
  EXPECT_EQ(match(matcher, event("t", R"({"ip":["0:0::1","10.0.0.1"]})")), (Ids{1, 2}));
  EXPECT_EQ(match(matcher, event("t", R"({"ip":5.0})")), Ids{2});
}

/// Random rules and events over few names and values, so that much of it meets.
class Generator {
 public:
  explicit Generator(std::uint64_t seed) : random_(seed) {}

  FilterSpec spec() {
    switch (below(12)) {
      case 0:
        return {};
      case 1:
        return {FilterSpec::Kind::filters, "[" + dialect(2) + "]"};
      default:
        return {FilterSpec::Kind::pattern, pattern(), true};
    }
  }

  Event event() {
    EventBuilder b;
    b.set("specversion", "1.0").set("id", text()).set("source", text()).set("type", text());
    if (below(2)) b.set("urgent", below(2) ? "true" : "false", AttributeType::boolean);
    if (below(2)) b.set("size", std::to_string(below(3)), AttributeType::integer);
    if (below(5)) b.data(DataKind::json, value(3));
    return b.build();
  }

 private:
  std::uint64_t below(std::uint64_t limit) { return random_() % limit; }
  template <std::size_t size>
  std::string one_of(const char* const (&choices)[size]) {
    return choices[below(size)];
  }
  std::string text() { return one_of({"a", "ab", "b", "10.0.0.1", "010.0.0.1"}); }
  std::string scalar() {
    return below(2) ? "\"" + text() + "\""
                    : one_of({"0", "1", "1.0", "-0", "2e0", "1e309", "true", "false", "null"});
  }
  std::string value(int depth) {
    const auto kind = depth == 0 ? 0 : below(3);
    if (kind == 0) return scalar();
    std::string out = kind == 1 ? "{" : "[";
    const auto count = below(4);
    for (std::uint64_t i = 0; i < count; ++i)
      out += std::string(i ? "," : "") + (kind == 1 ? "\"" + one_of({"a", "b", "c"}) + "\":" : "") +
             value(depth - 1);
    return out + (kind == 1 ? "}" : "]");
  }
  std::string condition() {
    if (below(2)) return scalar();
    return one_of({R"({"prefix":"a"})", R"({"suffix":"b"})", R"({"exists":true})", R"({"exists":false})",
                   R"({"anything-but":"a"})", R"({"anything-but":[1,2]})", R"({"numeric":[">",0]})",
                   R"({"wildcard":"*b"})", R"({"cidr":"10.0.0.0/8"})", R"({"equals-ignore-case":"AB"})"});
  }
  std::string list() {
    std::string out = "[" + condition();
    while (below(3) == 0) out += "," + condition();
    return out + "]";
  }
  std::string data(int depth) {
    std::string out = "{";
    const auto count = 1 + below(2);
    for (std::uint64_t i = 0; i < count; ++i)
      out += std::string(i ? "," : "") + "\"" + "abc"[(below(2) + i) % 3] +
             "\":" + (depth && below(2) ? data(depth - 1) : list());
    return out + "}";
  }
  std::string field() {
    return below(2) ? "\"data\":" + data(2)
                    : "\"" + one_of({"type", "source", "urgent", "size"}) + "\":" + list();
  }
  std::string pattern() {
    std::string out = "{" + field();
    if (below(3) == 0) out += "," + field();
    if (below(4) == 0) out += ",\"$or\":[{" + field() + "},{" + field() + "}]";
    return out + "}";
  }
  std::string dialect(int depth) {
    const auto kind = below(depth ? 6 : 3);
    if (kind == 3) return R"({"not":)" + dialect(depth - 1) + "}";
    if (kind > 3)
      return (kind == 4 ? R"({"all":[)" : R"({"any":[)") + dialect(depth - 1) + "," + dialect(depth - 1) +
             "]}";
    return "{\"" +
           std::string(kind == 0   ? "exact"
                       : kind == 1 ? "prefix"
                                   : "suffix") +
           "\":{\"" + one_of({"type", "source", "urgent", "size"}) + "\":\"" +
           one_of({"a", "ab", "true", "1"}) + "\"}}";
  }

  std::mt19937_64 random_;
};

TEST(Matcher, together_rules_match_what_each_matches_alone) {
  std::size_t matches = 0, pairs = 0;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    Generator generate(seed);
    std::vector<Matcher::Rule> rules;
    for (std::uint32_t id = 1; id <= 40; ++id) {
      const auto spec = generate.spec();
      const auto filter = compile_filter(spec);
      ASSERT_TRUE(filter) << "seed " << seed << ": " << spec.text << ": " << filter.error().message;
      rules.push_back({RuleId(id), *filter});
    }
    const Matcher matcher(rules);
    for (int i = 0; i < 20; ++i) {
      const auto e = generate.event();
      Ids expected;
      for (const auto& each : rules)
        if (each.filter->matches(e)) expected.push_back(each.id.value);
      ASSERT_EQ(match(matcher, e), expected) << "seed " << seed << " event " << i << ": " << e.data();
      matches += expected.size();
      pairs += rules.size();
    }
  }
  EXPECT_GT(matches, pairs / 20);
  EXPECT_LT(matches, pairs / 2);
}

TEST(Matcher, threads_share_one_matcher) {
  const Matcher matcher(
      {rule(1, R"({"data":{"a":{"b":[1]}}})"), rule(2, R"({"type":["t"],"data":{"a":{"c":[2]}}})")});
  const auto work = [&matcher](std::string data, Ids expected) {
    const auto e = event("t", data);
    for (int i = 0; i < 1000; ++i) ASSERT_EQ(match(matcher, e), expected);
  };
  std::thread one(work, R"({"a":[{"b":1},{"b":"\u0041"}]})", Ids{1});
  std::thread two(work, R"({"a":[{"c":2}]})", Ids{2});
  one.join();
  two.join();
}

}  // namespace
}  // namespace signalbox::pipeline
