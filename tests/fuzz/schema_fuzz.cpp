// links: signalbox_schema
// A schema and a value, any bytes each, with a line feed between them: the schema is refused with a reason,
// or the value has a verdict that does not depend on whether faults are asked for.
#include <cassert>
#include <cstdint>
#include <string_view>

#include "event/json_scan.hpp"
#include "schema/schema.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace signalbox;
  using namespace signalbox::schema;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto end = text.find('\n');
  const auto json = end == std::string_view::npos ? std::string_view("null") : text.substr(end + 1);
  CompileOptions options;
  options.format = FormatUse::check;
  options.limits.work = 50'000;
  const auto schema = Schema::compile(text.substr(0, end), options);
  if (!schema) {
    assert(!schema.error().message.empty());
    return 0;
  }
  const bool valid = (*schema)->valid(json);
  const auto faults = (*schema)->validate(json);
  assert(valid == faults.empty());
  assert(faults.size() <= options.limits.faults);
  if (event::validate_json(json, options.limits.data_depth)) return 0;
  for (const auto& fault : faults) assert(fault.kind != SchemaFault::Kind::no_json);
  return 0;
}
