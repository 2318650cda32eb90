// links: signalbox_schema
// A line each, any bytes: values that a schema is inferred from.  Each that is taken is valid by it, and its
// text is read back as what it was written from.  The last line is also read as an inferred schema.
#include <cassert>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "event/json_scan.hpp"
#include "schema/inference.hpp"
#include "schema/schema.hpp"

namespace {

using namespace signalbox::schema;

InferenceOptions small(ObjectModel objects) {
  InferenceOptions options;
  options.objects = objects;
  options.limits.depth = 5;
  options.limits.members = 12;
  options.limits.optional_members = 4;
  options.limits.data_names = 3;
  options.limits.shapes = 60;
  options.limits.name_bytes = 200;
  return options;
}

void infer(const std::vector<std::string_view>& lines, ObjectModel objects) {
  const auto options = small(objects);
  InferredShape shape(options);
  std::vector<std::string_view> taken;
  for (const auto line : lines) {
    const auto before = shape.schema();
    const auto changed = shape.add(line);
    assert(!changed || *changed == (shape.schema() != before));
    if (changed && !signalbox::event::validate_json(line, 100)) taken.push_back(line);
  }
  const auto text = shape.schema();
  const auto schema = Schema::compile(text);
  assert(schema);
  for (const auto value : taken) assert((*schema)->valid(value));
  const auto again = InferredShape::from_schema(text, options);
  assert(again && again->schema() == text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  std::vector<std::string_view> lines;
  for (;;) {
    const auto end = rest.find('\n');
    lines.push_back(rest.substr(0, end));
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
  infer(lines, ObjectModel::open);
  infer(lines, ObjectModel::closed);
  auto read = InferredShape::from_schema(lines.back(), small(ObjectModel::open));
  if (!read) {
    assert(!read.error().message.empty());
    return 0;
  }
  for (const auto line : lines) (void)read->add(line);
  assert(Schema::compile(read->schema()));
  return 0;
}
