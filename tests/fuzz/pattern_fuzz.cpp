// links: signalbox_pipeline
// Any bytes as a pattern or filters, a 0xFF, and an event's data.  What compiles must match the same alone
// and in a Matcher.
#include <cassert>
#include <cstdint>
#include <string>
#include <vector>

#include "fuzz/event_of_data.hpp"
#include "pipeline/eval.hpp"
#include "pipeline/filter.hpp"
#include "pipeline/filter_input.hpp"
#include "pipeline/filter_shape.hpp"
#include "pipeline/matcher.hpp"

namespace {

using namespace signalbox;
using namespace signalbox::pipeline;

void check(const FilterSpec& spec, const Event& event) {
  const auto filter = compile_filter(spec);
  if (!filter) {
    assert(!filter.error().message.empty());
    return;
  }
  std::vector<RuleId> matched;
  Matcher({{RuleId(1), *filter}}).match(event, matched);
  assert(matched.empty() != (*filter)->matches(event));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  const auto cut = all.find('\xFF');
  const std::string filter(all.substr(0, cut));
  const auto payload = cut == std::string_view::npos ? std::string_view() : all.substr(cut + 1);
  const auto event = fuzz::event_of_data(payload);
  for (const auto kind : {FilterSpec::Kind::pattern, FilterSpec::Kind::filters}) check({kind, filter}, event);
  const FilterSpec compatible{FilterSpec::Kind::pattern, filter, true};
  check(compatible, event);
  eval_pattern(filter);
  eval_filters(R"({"event":)" + std::string(payload) + R"(,"filters":)" + filter + "}");
  eval_pattern(R"({"event":)" + std::string(payload) + R"(,"pattern":)" + filter + "}");
  return 0;
}
