// What evaluating and keeping filters takes of the heap.
#include <gtest/gtest.h>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "pipeline/cesql.hpp"
#include "pipeline/dialects.hpp"
#include "pipeline/filter_shape.hpp"
#include "support/heap_count.hpp"

namespace signalbox::pipeline {
namespace {

using test::heap;

Event sample() {
  return EventBuilder()
      .set("specversion", "1.0")
      .set("id", "7")
      .set("source", "/shop/Österreich/a-long-source-that-is-in-no-small-string")
      .set("type", "com.acme.order.placed.a-long-type-that-is-in-no-small-string")
      .set("urgent", "true", AttributeType::boolean)
      .set("size", "42", AttributeType::integer)
      .build();
}

/// One event as one filter sees it.
class Prepared {
 public:
  explicit Prepared(const Filter& filter) : filter_(filter), event_(sample()) {
    for (const auto& path : filter.shape().fields) ids_.push_back(fields_.add(path));
    input_.fill(fields_, event_);
  }

  std::size_t allocations_to_match() const {
    filter_.matches(input_, ids_);
    const auto before = heap.allocations;
    for (int i = 0; i < 3; ++i) filter_.matches(input_, ids_);
    return heap.allocations - before;
  }

 private:
  const Filter& filter_;
  Event event_;
  FieldSet fields_;
  std::vector<FieldId> ids_;
  FilterInput input_;
};

TEST(CesqlAllocation, evaluating_any_operator_or_function_allocates_nothing) {
  const char* const expressions[] = {
      "type = 'com.acme.order.placed.a-long-type-that-is-in-no-small-string'",
      "source != type AND (source <> type OR FALSE) XOR NOT urgent",
      "size < 50 AND size <= 42 AND size > 1 AND size >= 42",
      "-size * 2 / 3 % 5 + 1 - id = 0",
      "size = '42' AND '42' = size AND urgent = 'true'",
      "type LIKE 'com.%' AND type LIKE '%string' AND type LIKE '%order%' AND type NOT LIKE '%a_b%c_'",
      "type IN ('a', 'a string that is longer than a small one', source, type) AND id NOT IN (1, 2)",
      "EXISTS subject OR EXISTS type AND missing = 1",
      "LENGTH(CONCAT(type, source, size, urgent, 1, TRUE)) > 100",
      "CONCAT_WS(CONCAT(type, '-'), source, CONCAT(source, type), size) LIKE '%Österreich%'",
      "UPPER(source) = LOWER(source) OR UPPER(CONCAT(source, source)) LIKE '%ÖSTERREICH%'",
      "TRIM(CONCAT('  ', type, '  ')) = type",
      "LEFT(CONCAT(type, source), 30) != RIGHT(CONCAT(type, source), 30)",
      "SUBSTRING(CONCAT(type, source), 3) = SUBSTRING(CONCAT(type, source), 3, 1000)",
      "INT('12') + INT(urgent) = ABS(-13)",
      "BOOL('TRUE') AND STRING(123456789) = '123456789' AND IS_INT(type) XOR IS_BOOL(type)",
      "LEFT(type, -1) = 'an error'",
      "1 / 0 = 1",
      "type + 1 = 2",
  };
  for (const auto* expression : expressions) {
    const auto filter = compile_cesql(expression);
    ASSERT_TRUE(filter) << filter.error().message;
    EXPECT_EQ(Prepared(**filter).allocations_to_match(), 0u) << expression;
  }
}

TEST(CesqlAllocation, judging_by_any_dialect_allocates_nothing) {
  const auto filter = compile_dialects(R"([
      {"exact":{"id":"7","urgent":"true"}}, {"prefix":{"type":"com."}}, {"suffix":{"source":"string"}},
      {"any":[{"exact":{"subject":"x"}}, {"sql":"subject = 'x'"}, {"sql":"CONCAT(type, size) LIKE '%42'"}]},
      {"all":[{"not":{"exact":{"id":"8"}}}]} ])");
  ASSERT_TRUE(filter) << filter.error().message;
  EXPECT_TRUE((*filter)->matches(sample()));
  EXPECT_EQ(Prepared(**filter).allocations_to_match(), 0u);
}

TEST(CesqlAllocation, a_typical_filter_keeps_little_memory) {
  const FilterSpec specs[] = {
      {FilterSpec::Kind::sql, "type = 'com.acme.order.placed' AND source LIKE '/shop/%'"},
      {FilterSpec::Kind::sql, "type IN ('com.acme.order.placed', 'com.acme.order.cancelled') AND size > 100"},
      {FilterSpec::Kind::sql, "EXISTS hop AND hop > 3 AND (type LIKE '%.failed' OR source = '/monitor')"},
      {FilterSpec::Kind::filters, R"([{"prefix":{"type":"com.acme.order."}},{"exact":{"source":"/shop"}}])"},
      {FilterSpec::Kind::filters,
       R"([{"any":[{"exact":{"type":"com.a"}},{"suffix":{"type":".cancelled"}}]}])"},
      {FilterSpec::Kind::filters,
       R"([{"exact":{"type":"com.acme.order.placed"}},{"not":{"exact":{"id":"1"}}}])"},
  };
  ASSERT_TRUE(compile_filter(specs[0]));  // what is made once for all
  for (const auto& spec : specs) {
    const auto before = heap.bytes;
    const auto filter = compile_filter(spec);
    ASSERT_TRUE(filter) << filter.error().message;
    const auto kept = heap.bytes - before;
    EXPECT_GT(kept, 100u) << spec.text;
    EXPECT_LE(kept, 500u) << spec.text;
  }
}

}  // namespace
}  // namespace signalbox::pipeline
