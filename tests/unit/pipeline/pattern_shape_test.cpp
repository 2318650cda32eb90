#include "pipeline/pattern_shape.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>

#include "pipeline/filter.hpp"
#include "pipeline/filter_input.hpp"
#include "pipeline/filter_shape.hpp"

namespace signalbox::pipeline {
namespace {

std::shared_ptr<const Filter> compile(std::string pattern) {
  auto filter = compile_filter({FilterSpec::Kind::pattern, std::move(pattern)});
  EXPECT_TRUE(filter) << filter.error().message;
  return *filter;
}

std::string show(const Probe& probe) {
  const auto bound = [](const std::optional<double>& b) {
    return b ? std::to_string(static_cast<int>(*b)) : "";
  };
  switch (probe.kind) {
    case Probe::Kind::equal:
      return "equal";
    case Probe::Kind::address:
      return "address";
    case Probe::Kind::folded:
      return "folded";
    case Probe::Kind::prefix:
      return "prefix " + probe.text;
    case Probe::Kind::suffix:
      return "suffix " + probe.text;
    case Probe::Kind::infix:
      return "infix " + probe.text;
    case Probe::Kind::range:
      return "range " + bound(probe.range.bottom) + ".." + bound(probe.range.top);
    case Probe::Kind::network:
      break;
  }
  return "network " + std::to_string(probe.network.first.bytes[0]);
}

/// The requirements of a pattern on the one field "a".
std::string show(const std::string& list) {
  const auto shape = compile(R"({"a":)" + list + "}")->shape();
  const auto& requirements = shape.alternatives.at(0);
  if (requirements.empty()) return "none";
  std::string out;
  for (const auto& probe : requirements.at(0).probes) out += (out.empty() ? "" : ", ") + show(probe);
  return out.empty() ? "any" : out;
}

TEST(PatternShape, each_operator_has_its_way_to_be_found) {
  const struct {
    const char *list, *shown;
  } rows[] = {
      {R"(["x",1,true,null])", "equal, equal, equal, equal"},
      {R"(["x","10.0.0.1"])", "equal, address"},
      {R"([{"exactly":"10.0.0.1"}])", "equal"},
      {R"([1e309])", "equal"},
      {R"([{"prefix":"ab"},{"suffix":"yz"}])", "prefix ab, suffix yz"},
      {R"([{"prefix":""}])", "any"},
      {R"([{"suffix":""},"x"])", "any"},
      {R"([{"equals-ignore-case":"AB"}])", "folded"},
      {R"([{"equals-ignore-case":"Äb"}])", "any"},
      {R"([{"prefix":{"equals-ignore-case":"A1"}}])", "any"},
      {R"([{"prefix":{"equals-ignore-case":"12-"}}])", "prefix 12-"},
      {R"([{"suffix":{"equals-ignore-case":"12-"}}])", "suffix 12-"},
      {R"([{"wildcard":"abc"}])", "equal"},
      {R"([{"wildcard":"abc*"}])", "prefix abc"},
      {R"([{"wildcard":"*abc"}])", "suffix abc"},
      {R"([{"wildcard":"ab*xyz"}])", "suffix xyz"},
      {R"([{"wildcard":"ab*m*z"}])", "prefix ab"},
      {R"([{"wildcard":"a*mmmmmm*z"}])", "infix mmmmmm"},
      {R"([{"wildcard":"*m*nn*"}])", "infix nn"},
      {R"([{"wildcard":"*"}])", "any"},
      {R"([{"numeric":[">",1,"<=",5]}])", "range 1..5"},
      {R"([{"numeric":[[">",1],["=",0],["<",-5]]}])", "equal, range 1.., range ..-5"},
      {R"([{"cidr":"10.0.0.0/8"}])", "network 10"},
      {R"([{"cidr":"2001::/16"}])", "network 32"},
      {R"([{"anything-but":"x"}])", "any"},
      {R"([{"exists":true}])", "any"},
      {R"([{"exists":false}])", "none"},
      {R"([{"exists":false},"x"])", "none"},
      {R"([{"prefix":"a","suffix":"xyz"}])", "suffix xyz"},
      {R"([{"prefix":"a","numeric":[[">",5]]}])", "range 5.."},
      {R"([{"prefix":"abcd","cidr":"10.0.0.0/8"}])", "prefix abcd"},
      {R"([{"prefix":"1","cidr":"10.0.0.0/8"}])", "network 10"},
      {R"([{"anything-but":"x","wildcard":"*n*"}])", "infix n"},
      {R"([{"equals-ignore-case":"x","anything-but":"X"}])", "folded"},
      {R"([{"contains-all":[{"exists":true},{"prefix":"ab"},"x"]}])", "equal"},
      {R"([{"equals-set":[{"exists":true},{"prefix":"ab"}]},"x"])", "equal, prefix ab"},
      {R"([{"regex":"ab\\.c[0-9]+"}])", "prefix ab.c"},
      {R"([{"regex":"^abc?"}])", "prefix ab"},
      {R"([{"regex":"ab+"}])", "prefix ab"},
      {R"([{"regex":"ab|c"}])", "any"},
      {R"x([{"regex":"ab(c|d)"}])x", "prefix ab"},
      {R"([{"regex":"ab[c|d]"}])", "any"},
      {R"([{"regex":"(?i)ab"}])", "any"},
      {R"([{"regex":"é*x"}])", "any"},
      {R"([{"regex":"\\Qa*\\E"}])", "any"},
      {R"([{"regex":"\\d"}])", "any"},
  };
  for (const auto& row : rows) EXPECT_EQ(show(row.list), row.shown) << row.list;
}

TEST(PatternShape, each_way_through_a_pattern_has_its_requirements) {
  const auto shape =
      compile(R"({"a":[1],"$or":[{"b":[1]},{"$and":[{"c":[1]},{"c":[2]}],"$not":{"d":[1]}}]})")->shape();
  EXPECT_EQ(shape.fields, (std::vector<std::string>{"d", "a", "b", "c"}));
  ASSERT_EQ(shape.alternatives.size(), 2u);
  EXPECT_EQ(shape.alternatives[0].size(), 2u);
  EXPECT_EQ(shape.alternatives[1].size(), 3u);
  EXPECT_TRUE(compile(R"({"$not":{"d":[1]}})")->shape().alternatives.at(0).empty());
}

bool finds(const Probe& probe, const Leaf& leaf) {
  switch (probe.kind) {
    case Probe::Kind::equal:
      return value_key(leaf) == probe.key;
    case Probe::Kind::address:
      return address_key(leaf) == probe.key;
    case Probe::Kind::folded:
      return folded_key(leaf) == probe.key;
    case Probe::Kind::prefix:
      return leaf.text.starts_with(probe.text);
    case Probe::Kind::suffix:
      return leaf.text.ends_with(probe.text);
    case Probe::Kind::infix:
      return leaf.text.find(probe.text) != std::string_view::npos;
    case Probe::Kind::range:
      return leaf.kind == Leaf::Kind::number && leaf.comparable && probe.range.contains(leaf.number);
    case Probe::Kind::network: {
      const auto address = parse_ip_address(leaf.text);
      return leaf.kind == Leaf::Kind::string && address && probe.network.contains(*address);
    }
  }
  return false;
}

bool finds(const Requirement& requirement, std::span<const Leaf> leaves) {
  if (requirement.probes.empty()) return !leaves.empty();
  return std::any_of(leaves.begin(), leaves.end(), [&](const Leaf& leaf) {
    return std::any_of(requirement.probes.begin(), requirement.probes.end(),
                       [&](const Probe& probe) { return finds(probe, leaf); });
  });
}

/// Lists and values that often fit each other.
class Generator {
 public:
  explicit Generator(std::uint64_t seed) : random_(seed) {}

  std::string list() { return "[" + entries(1 + below(2)) + "]"; }

  /// A scalar, or an array of some.
  std::string value() {
    if (below(3)) return scalar();
    return "[" + scalar() + "," + scalar() + (below(2) ? ",[" + scalar() + "]" : "") + "]";
  }

  /// The operators that were used.
  const std::map<std::string, int>& used() const { return used_; }

 private:
  int below(int limit) { return static_cast<int>(random_() % static_cast<std::uint64_t>(limit)); }
  template <std::size_t N>
  std::string one_of(const std::array<const char*, N>& choices) {
    return choices[static_cast<std::size_t>(below(static_cast<int>(N)))];
  }

  std::string word() {
    std::string out;
    for (int i = below(4); i > 0; --i) out += one_of(std::array{"a", "b", "A", "é", "É", "1", "-"});
    return out;
  }
  std::string number() { return one_of(std::array{"0", "-0", "1", "1.0", "2e0", "-3", "1e309", "7.5"}); }
  std::string address() {
    return one_of(std::array{"10.0.0.1", "010.0.0.1", "10.1.0.1", "11.0.0.1", "::1", "0::1", "2001::5"});
  }
  std::string scalar() {
    switch (below(6)) {
      case 0:
        return number();
      case 1:
        return '"' + address() + '"';
      case 2:
        return one_of(std::array{"true", "false", "null"});
      default:
        return '"' + word() + '"';
    }
  }

  std::string entries(int count) {
    std::string out;
    for (int i = 0; i < count; ++i) out += (i ? "," : "") + (below(3) ? operators() : scalar());
    return out;
  }

  std::string operators() {
    std::map<std::string, std::string> members;
    for (int i = 1 + below(4) / 3; i > 0; --i) {
      auto name = one_of(std::array{"exactly", "prefix", "suffix", "equals-ignore-case", "wildcard", "regex",
                                    "numeric", "cidr", "exists", "anything-but"});
      members[name] = argument(name);
    }
    if (!in_set_ && below(6) == 0) {
      in_set_ = true;
      const auto name = one_of(std::array{"contains-all", "equals-set"});
      const auto inside = entries(1 + below(2));
      in_set_ = false;
      ++used_[name];
      return "{\"" + name + "\":[" + inside + "]}";
    }
    std::string out;
    for (const auto& [name, argument] : members) {
      out += (out.empty() ? "{\"" : ",\"") + name + "\":" + argument;
      ++used_[name];
    }
    return out + "}";
  }

  std::string argument(const std::string& name) {
    if (name == "numeric")
      return one_of(std::array{R"([">",0])", R"(["<=",1])", R"([">=",-3,"<",2])", R"(["=",1])",
                               R"([["=",0],[">",1]])"});
    if (name == "cidr")
      return one_of(std::array{R"("10.0.0.0/8")", R"("11.0.0.0/31")", R"("::/64")", R"("2001::/16")"});
    if (name == "exists") return "true";
    if (name == "anything-but") return below(2) ? scalar_to_exclude() : R"({"prefix":["a","b"]})";
    if (name == "wildcard")
      return one_of(
          std::array{R"("*")", R"("a*")", R"("*b")", R"("a*b")", R"("*a*")", R"("a*b*A")", R"("ab")"});
    if (name == "regex")
      return one_of(
          std::array{R"("a+")", R"("ab?.*")", R"("[ab]*")", R"("é|a.*")", R"("^b.?$")", R"("a\\-.*")"});
    auto text = '"' + word() + '"';
    return (name == "prefix" || name == "suffix") && below(3) == 0 ? R"({"equals-ignore-case":)" + text + "}"
                                                                   : text;
  }
  std::string scalar_to_exclude() { return below(2) ? '"' + word() + '"' : "1"; }

  std::mt19937_64 random_;
  bool in_set_ = false;
  std::map<std::string, int> used_;
};

TEST(PatternShape, what_matches_is_found_by_every_requirement_of_some_way) {
  int matched = 0, passed_by = 0;
  Generator generate(20240229);
  for (int round = 0; round < 8'000; ++round) {
    const auto pattern = R"({"a":)" + generate.list() + R"(,"$or":[{"b":)" + generate.list() +
                         R"(},{"$and":[{"a":)" + generate.list() + R"(}],"$not":{"b":)" + generate.list() +
                         "}}]}";
    const auto event = R"({"a":)" + generate.value() + R"(,"b":)" + generate.value() + "}";
    const auto filter = compile(pattern);
    const auto shape = filter->shape();
    FieldSet fields;
    for (const auto& path : shape.fields) fields.add(path);
    FilterInput input;
    ASSERT_TRUE(input.fill_from_json(fields, event)) << event;
    const bool found =
        std::any_of(shape.alternatives.begin(), shape.alternatives.end(), [&](const auto& requirements) {
          return std::all_of(requirements.begin(), requirements.end(), [&](const Requirement& requirement) {
            return finds(requirement, input.leaves(fields.find(shape.fields[requirement.field])));
          });
        });
    const bool matches = filter->matches(input);
    ASSERT_TRUE(found || !matches) << pattern << " " << event;
    matched += matches ? 1 : 0;
    passed_by += found ? 0 : 1;
  }
  EXPECT_GT(matched, 300);
  EXPECT_GT(passed_by, 1500);
  EXPECT_EQ(generate.used().size(), 12u);
}

}  // namespace
}  // namespace signalbox::pipeline
