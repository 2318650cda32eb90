// links: signalbox_pipeline
// Any bytes as a list of Subscriptions filters: it is refused with its place, or passes an event or says why
// not.
#include <cassert>
#include <cstdint>
#include <string_view>
#include <vector>

#include "pipeline/dialects.hpp"
#include "pipeline/filter_input.hpp"
#include "support/shape_check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace signalbox;
  using namespace signalbox::pipeline;
  static const Event event = EventBuilder()
                                 .set("specversion", "1.0")
                                 .set("id", "1")
                                 .set("source", "/s")
                                 .set("type", "com.example.é")
                                 .set("hop", "-7", AttributeType::integer)
                                 .set("on", "true", AttributeType::boolean)
                                 .build();
  const auto filter = compile_dialects({reinterpret_cast<const char*>(data), size}, WideIntegers::no_value);
  if (!filter) {
    assert(!filter.error().message.empty());
    return 0;
  }
  const auto shape = (*filter)->shape();
  FieldSet set;
  std::vector<FieldId> fields;
  for (const auto& path : shape.fields) fields.push_back(set.add(path));
  FilterInput input;
  input.fill(set, event);
  const bool passed = (*filter)->matches(input, fields);
  assert((*filter)->explain(input, fields).has_value() != passed);
  assert(!passed || test::finds(shape, input, fields));
  return 0;
}
