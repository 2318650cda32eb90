#include "daemon/program_check.hpp"

#include <map>
#include <utility>
#include <vector>

#include "daemon/jq_programs.hpp"
#include "jq/blocking_workers.hpp"
#include "pipeline/transformer_reader.hpp"

namespace signalbox::daemon {
namespace {

/// The places of each program, by its text.
using Programs = std::map<std::string, std::vector<const ConfigNode*>, std::less<>>;

Programs programs_of(const config::Settings& settings) {
  Programs programs;
  for (const auto& [tenant_name, tenant] : settings.tenants)
    for (const auto& [channel_name, channel] : tenant.channels)
      for (const auto& [rule_name, rule] : channel.rules) {
        if (!rule.transform) continue;
        for (const auto* node : pipeline::jq_programs(*rule.transform))
          programs[node->text()].push_back(node);
      }
  return programs;
}

}  // namespace

void ProgramCheck::check(const config::Settings& settings, Diagnostics& out) {
  const auto programs = programs_of(settings);
  std::vector<std::string> unknown;
  for (const auto& [text, nodes] : programs)
    if (!text.empty() && !good_.contains(text)) unknown.push_back(text);
  std::erase_if(good_, [&programs](const auto& text) { return !programs.contains(text); });
  if (unknown.empty()) return;
  jq::BlockingWorkers workers(jq_options(settings.delivery.jq));
  const auto compiled = workers.compile_all(unknown);
  for (std::size_t i = 0; i < unknown.size(); ++i) {
    if (compiled[i]) {
      good_.insert(std::move(unknown[i]));
      continue;
    }
    for (const auto* node : programs.find(unknown[i])->second)
      out.add({node->place(), node->path(), compiled[i].error().message, ""});
  }
}

}  // namespace signalbox::daemon
