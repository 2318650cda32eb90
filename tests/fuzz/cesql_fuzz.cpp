// links: signalbox_pipeline
// Any bytes as a CloudEvents SQL expression: it is refused with its place, or has a value for every event.
#include <cassert>
#include <cstdint>
#include <string>
#include <vector>

#include "pipeline/cesql.hpp"
#include "pipeline/filter_input.hpp"
#include "pipeline/matcher.hpp"
#include "support/shape_check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace signalbox;
  using namespace signalbox::pipeline;
  static const Event event = EventBuilder()
                                 .set("specversion", "1.0")
                                 .set("id", "é😀 1")
                                 .set("source", "/s")
                                 .set("type", "5")
                                 .set("hop", "-7", AttributeType::integer)
                                 .set("on", "true", AttributeType::boolean)
                                 .build();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto expression = CesqlExpression::parse(text);
  if (!expression) {
    assert(!expression.error().message.empty());
    return 0;
  }
  FieldSet set;
  std::vector<FieldId> fields;
  for (const auto& name : expression->attributes().all()) fields.push_back(set.add(name));
  FilterInput input;
  input.fill(set, event);
  const bool passed = passes(expression->evaluate(input, fields));
  const auto filter = compile_cesql(text);
  if (!filter) return 0;
  std::vector<RuleId> matched;
  Matcher({{RuleId(1), *filter}}).match(event, matched);
  assert(matched.empty() != passed);
  assert((*filter)->explain(event).has_value() != passed);
  assert(!passed || test::finds((*filter)->shape(), input, fields));
  return 0;
}
