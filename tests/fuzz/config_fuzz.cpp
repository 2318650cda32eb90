// links: signalbox_config
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "config/overrides.hpp"
#include "config/report.hpp"
#include "config/settings.hpp"
#include "config/yaml.hpp"

/// A configuration of any bytes: its first line, when it begins with "--set ", is put over the rest.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace signalbox;
  using namespace signalbox::config;
  std::string text(data, data + size);
  std::string assignment;
  if (constexpr std::string_view kSet = "--set "; text.starts_with(kSet)) {
    const std::size_t end = text.find('\n');
    assignment = text.substr(kSet.size(), end == std::string::npos ? end : end - kSet.size());
    text.erase(0, end);
  }
  const SourceText source{std::make_shared<const std::string>("fuzz.yaml"), text};
  TreeBudget budget;
  Diagnostics out;
  if (auto root = parse_yaml(source, budget, out)) {
    if (!assignment.empty()) root = with_override(*root, assignment, out);
    root->to_json();
    read_settings(*root, out);
  } else if (out.clean()) {
    __builtin_trap();  // refused, and nobody knows why
  }
  report(out.faults(), {{"fuzz.yaml", text}}, Colour::on);
  to_json(out.faults());
  return 0;
}
