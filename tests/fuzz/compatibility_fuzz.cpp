// links: signalbox_schema
// Two schemas and values, a line each, any bytes: when the second schema is backward compatible with the
// first, no value is valid by the first alone.  Comparing ends within its bounds.
#include <cassert>
#include <cstdint>
#include <string_view>

#include "event/json_scan.hpp"
#include "schema/compatibility.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace signalbox::schema;
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  const auto next_line = [&rest] {
    const auto end = rest.find('\n');
    const auto line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    return line;
  };
  CompatibilityOptions options;
  options.schemas.format = FormatUse::check;
  options.work = 20'000;
  const auto old_text = next_line(), new_text = next_line();
  const auto found = incompatibilities(old_text, new_text, Compatibility::backward, options);
  if (!found) {
    assert(!found.error().message.empty());
    return 0;
  }
  assert(found->size() <= options.incompatibilities);
  for (const auto& one : *found) assert(!one.message.empty());
  const auto before = Schema::compile(old_text, options.schemas);
  const auto after = Schema::compile(new_text, options.schemas);
  assert(before && after);
  while (!rest.empty() && found->empty()) {
    const auto value = next_line();
    if (signalbox::event::validate_json(value, 64) || !(*before)->valid(value)) continue;
    for (const auto& fault : (*after)->validate(value)) assert(fault.kind == SchemaFault::Kind::limit);
  }
  return 0;
}
