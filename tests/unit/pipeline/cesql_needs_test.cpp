#include "pipeline/cesql_needs.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "event/codec.hpp"
#include "pipeline/filter.hpp"
#include "support/shape_check.hpp"

namespace signalbox::pipeline {
namespace {

std::string to_text(const Probe& probe) {
  switch (probe.kind) {
    case Probe::Kind::equal:
      return "=";
    case Probe::Kind::prefix:
      return probe.text + "*";
    case Probe::Kind::suffix:
      return "*" + probe.text;
    case Probe::Kind::infix:
      return "*" + probe.text + "*";
    default:
      return "?";
  }
}

/// "type(x*) id | source(=)"; "-" when nothing is needed.
std::string to_text(const FilterShape& shape) {
  std::string out;
  for (const auto& alternative : shape.alternatives) {
    out += out.empty() ? "" : " | ";
    std::string requirements;
    for (const auto& [field, probes] : alternative) {
      requirements += (requirements.empty() ? "" : " ") + shape.fields[field];
      std::string all;
      for (const auto& probe : probes) all += to_text(probe);
      if (!probes.empty()) requirements += "(" + all + ")";
    }
    out += requirements.empty() ? "-" : requirements;
  }
  return out;
}

std::string needs(FilterSpec::Kind kind, const char* text) {
  const auto filter = compile_filter({kind, text});
  return filter ? to_text((*filter)->shape()) : filter.error().message;
}

TEST(CesqlNeeds, an_expression_says_what_it_needs) {
  const struct {
    const char *expression, *needs;
  } rows[] = {
      {"type = 'x'", "type(=)"},
      {"'x' = type", "type(=)"},
      {"hop = 'true' AND ttl = '5'", "hop(==) ttl(==)"},
      {"'5' = hop", "hop(===)"},  // as a string or a number's text, and as a number
      {"TRUE = hop", "hop(====)"},
      {"hop = 5", "hop"},  // 5, '5', '+5', '005', TRUE never
      {"5 < hop AND ttl >= 7", "hop ttl"},
      {"type IN ('x', 'y')", "type(==)"},
      {"type IN ('x', id)", "type"},
      {"type NOT IN ('x', 'y')", "type"},
      {"'x' IN (type, id)", "type"},
      {"type LIKE 'x%'", "type(x*)"},
      {"type LIKE '%x'", "type(*x)"},
      {"type LIKE '%x%yz%'", "type(*yz*)"},
      {"type LIKE 'x_z%y'", "type(x*) type(*y)"},
      {"type LIKE 'x\\%'", "type(=)"},
      {"type LIKE '0%'", "type(0*=)"},  // also -0, whose string form is 0
      {"type LIKE '%'", "type"},
      {"type NOT LIKE 'x%'", "type"},
      {"EXISTS subject", "subject"},
      {"NOT EXISTS subject", "-"},
      {"NOT (type = 'x')", "type"},
      {"type != 'x'", "type"},
      {"type = 'x' OR type = 'y' OR type = 'z'", "type(===)"},
      {"type = 'x' OR id = 'y'", "type(=) | type id(=)"},
      {"(type = 'x' OR id = 'y') AND source LIKE '/%'", "type(=) source(/*) | type id(=) source(/*)"},
      {"type = 'x' OR TRUE", "type"},  // which is an error when it is missing
      {"TRUE OR type = 'x'", "-"},
      {"EXISTS a XOR b = 'x'", "b"},
      {"UPPER(type) = 'X' AND LENGTH(id) > size", "type id size"},
      {"TRUE", "-"},
      {"EXISTS data OR data = 'x'", "-"},
      {"BOOL(urgent)", "urgent"},
      {"urgent", "urgent"},
  };
  for (const auto& row : rows)
    EXPECT_EQ(needs(FilterSpec::Kind::sql, row.expression), row.needs) << row.expression;
}

TEST(CesqlNeeds, an_expression_without_bounds_needs_a_bounded_number_of_things) {
  std::string list = "type = 'x'", chain = "a0 = 'x'", product = "TRUE";
  for (int i = 0; i < 400; ++i) {
    list += " OR type = 'y'";
    chain += " OR a" + std::to_string(i) + " = 'x'";
    product += " AND (a = 'x' OR b = 'y')";
  }
  EXPECT_EQ(needs(FilterSpec::Kind::sql, list.c_str()), "type(" + std::string(401, '=') + ")");
  for (const auto& expression : {chain, product}) {
    const auto filter = compile_filter({FilterSpec::Kind::sql, expression});
    ASSERT_TRUE(filter);
    const auto shape = (*filter)->shape();
    EXPECT_LE(shape.alternatives.size(), kAlternativesMax);
    for (const auto& alternative : shape.alternatives) EXPECT_LE(alternative.size(), kRequirementsMax);
  }
}

TEST(CesqlNeeds, a_list_of_dialects_says_what_it_needs) {
  const struct {
    const char *filters, *needs;
  } rows[] = {
      {"[]", "-"},
      {R"([{"exact":{"type":"x","id":"5"}}])", "type(=) id(==)"},
      {R"([{"prefix":{"type":"x"}},{"suffix":{"type":"y"}}])", "type(x*) type(*y)"},
      {R"([{"any":[{"exact":{"type":"x"}},{"prefix":{"type":"y"}}]}])", "type(=y*)"},
      {R"([{"any":[{"exact":{"type":"x"}},{"prefix":{"id":"y"}}]},{"suffix":{"source":"z"}}])",
       "type(=) source(*z) | id(y*) source(*z)"},
      {R"([{"not":{"exact":{"type":"x"}}}])", "-"},
      {R"([{"not":{"exact":{"type":"x"}}},{"exact":{"id":"x"}}])", "id(=)"},
      {R"([{"any":[{"exact":{"type":"x"}},{"not":{"exact":{"id":"x"}}}]}])", "-"},
      {R"([{"sql":"id = 'x' AND type LIKE 'y%'"},{"all":[{"exact":{"source":"z"}}]}])",
       "id(=) type(y*) source(=)"},
  };
  for (const auto& row : rows)
    EXPECT_EQ(needs(FilterSpec::Kind::filters, row.filters), row.needs) << row.filters;
}

/// Expressions, lists of dialects and events over few attributes and values, so that many match.
class Generator {
 public:
  explicit Generator(unsigned seed) : random_(seed) {}

  std::string condition(int depth) {
    if (depth == 0) return comparison();
    const auto next = [&] { return condition(depth - 1); };
    switch (random_() % 9) {
      case 0:
        return "(" + next() + " AND " + next() + ")";
      case 1:
      case 2:
        return "(" + next() + " OR " + next() + ")";
      case 3:
        return "(" + next() + " XOR " + next() + ")";
      case 4:
        return "NOT (" + next() + ")";
      case 5:
        return "(" + next() + ") = " + value();
      case 6:
        return "BOOL(" + next() + ")";
      default:
        return comparison();
    }
  }

  std::string dialect(int depth) {
    const auto next = [&] { return dialect(depth - 1); };
    switch (random_() % (depth == 0 ? 4 : 8)) {
      case 0:
        return R"({"exact":)" + attributes() + "}";
      case 1:
        return R"({"prefix":)" + attributes() + "}";
      case 2:
        return R"({"suffix":)" + attributes() + "}";
      case 3:
        return R"({"sql":)" + json(condition(1)) + "}";
      case 4:
        return R"({"all":[)" + next() + "," + next() + "]}";
      case 5:
      case 6:
        return R"({"any":[)" + next() + "," + next() + "]}";
      default:
        return R"({"not":)" + next() + "}";
    }
  }

  std::string event() {
    std::string out = "{";
    for (const char* name : {"\"a\":", "\"b\":", "\"c\":"})
      if (random_() % 5 != 0)
        out += (out.size() > 1 ? "," : "") + std::string(name) +
               pick({"\"x\"",    "\"xy\"",   "\"yx\"", "\"5\"", "\"+5\"", "\"05\"", "\"0\"",    "\"-0\"",
                     "\"true\"", "\"TRUE\"", "\"\"",   "5",     "0",      "-0",     "1",        "2147483648",
                     "1.0",      "100",      "1e2",    "true",  "false",  "null",   "[\"x\",5]"});
    return out + "}";
  }

 private:
  using Choices = std::initializer_list<const char*>;
  std::string pick(Choices choices) { return choices.begin()[random_() % choices.size()]; }
  static std::string json(const std::string& text) {
    std::string out;
    event::append_json_string(out, text);
    return out;
  }

  std::string attribute() { return pick({"a", "a", "b", "c"}); }
  std::string literal() {
    return pick({"'x'",   "'xy'",  "'5'",   "'+5'", "'05'", "'0'", "'-0'", "'true'", "'TRUE'", "''",
                 "'1.0'", "'100'", "'1e2'", "5",    "0",    "-0",  "1",    "100",    "TRUE",   "FALSE"});
  }
  std::string value() { return random_() % 2 == 0 ? attribute() : literal(); }

  std::string comparison() {
    switch (random_() % 8) {
      case 0:
        return attribute() + " LIKE " +
               pick({"'x%'", "'%y'", "'%x%'", "'x_'", "'_'", "'%'", "'0%'", "'%0'", "'-%'", "'1%0'", "'%e%'",
                     "'5'", "'%_0%'", "'tr%e'"});
      case 1:
        return attribute() + " NOT LIKE 'x%'";
      case 2:
        return value() + (random_() % 4 == 0 ? " NOT IN (" : " IN (") + value() + ", " + value() + ")";
      case 3:
        return "EXISTS " + attribute();
      case 4:
        return value() + pick({" < ", " >= ", " != "}) + value();
      case 5:
        return attribute();
      default:
        return value() + " = " + value();
    }
  }

  std::string attributes() {
    const auto text = [&] {
      return pick({"\"x\"", "\"xy\"", "\"5\"", "\"0\"", "\"-0\"", "\"true\"", "\"1\""});
    };
    return random_() % 3 == 0 ? R"({"a":)" + text() + R"(,"b":)" + text() + "}"
                              : "{\"" + attribute() + "\":" + text() + "}";
  }

  std::minstd_rand random_;
};

struct Tally {
  std::size_t matched = 0, found = 0, passed_over = 0;
};

/// Checks the promise of FilterShape::alternatives for one filter and some events.
void check(const FilterSpec& spec, Generator& generator, Tally& tally) {
  const auto filter = compile_filter(spec);
  ASSERT_TRUE(filter) << spec.text << ": " << filter.error().message;
  const auto shape = (*filter)->shape();
  ASSERT_FALSE(shape.alternatives.empty());
  FieldSet set;
  std::vector<FieldId> fields;
  for (const auto& path : shape.fields) fields.push_back(set.add(path));
  FilterInput input;
  for (int i = 0; i < 12; ++i) {
    const auto event = generator.event();
    ASSERT_TRUE(input.fill_from_json(set, event));
    const bool matches = (*filter)->matches(input, fields);
    const bool found = test::finds(shape, input, fields);
    ASSERT_TRUE(found || !matches) << spec.text << "\n" << event << "\n" << to_text(shape);
    tally.matched += matches ? 1u : 0u;
    ++(found ? tally.found : tally.passed_over);
  }
}

TEST(CesqlNeeds, what_matches_is_always_found) {
  Generator generator(20260101);
  Tally tally;
  for (int i = 0; i < 2000; ++i) {
    check({FilterSpec::Kind::sql, generator.condition(i % 4)}, generator, tally);
    check({FilterSpec::Kind::filters, "[" + generator.dialect(i % 3) + "]"}, generator, tally);
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(tally.matched, 4'000u);
  EXPECT_GT(tally.passed_over, 12'000u);
}

}  // namespace
}  // namespace signalbox::pipeline
