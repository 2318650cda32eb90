// links: signalbox_pipeline
// Texts of filters with a 0xFF after each, and an event's data.  All that compiles, in whatever language,
// goes into one Matcher, where each filter decides as it does alone.
#include <algorithm>
#include <cassert>
#include <cstdint>
#include <string>
#include <vector>

#include "fuzz/event_of_data.hpp"
#include "pipeline/filter.hpp"
#include "pipeline/matcher.hpp"

namespace {

using namespace signalbox;
using namespace signalbox::pipeline;

constexpr std::size_t kFiltersMax = 32;

void add_readings(const std::string& text, std::vector<Matcher::Rule>& rules) {
  const FilterSpec readings[] = {{FilterSpec::Kind::pattern, text},
                                 {FilterSpec::Kind::pattern, text, true},
                                 {FilterSpec::Kind::filters, text},
                                 {FilterSpec::Kind::sql, text}};
  for (const auto& reading : readings)
    if (const auto filter = compile_filter(reading))
      rules.push_back({RuleId(static_cast<std::uint32_t>(rules.size() + 1)), *filter});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  std::vector<Matcher::Rule> rules;
  for (std::size_t i = 0; i < kFiltersMax; ++i) {
    const auto cut = rest.find('\xFF');
    if (cut == rest.npos) break;
    add_readings(std::string(rest.substr(0, cut)), rules);
    rest.remove_prefix(cut + 1);
  }
  const auto event = fuzz::event_of_data(rest);
  std::vector<RuleId> matched;
  Matcher(rules).match(event, matched);
  assert(std::is_sorted(matched.begin(), matched.end()));
  for (const auto& rule : rules)
    assert(std::binary_search(matched.begin(), matched.end(), rule.id) == rule.filter->matches(event));
  return 0;
}
