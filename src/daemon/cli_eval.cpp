#include "daemon/cli_eval.hpp"

#include <array>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>

#include "daemon/blocking_jq.hpp"
#include "daemon/exit_code.hpp"
#include "pipeline/eval.hpp"
#include "pipeline/transform_eval.hpp"
#include "schema/eval.hpp"

namespace signalbox::daemon {
namespace {

/// jq's workers start when the first line needs them.
std::string eval_transform(std::string_view line) {
  static BlockingJq jq;
  const auto run = [](const pipeline::ProgramCall& call) { return jq.run(call.program, call.input); };
  return pipeline::eval_transform(line, run);
}

struct Kind {
  std::string_view name;
  std::string (*evaluate)(std::string_view line);
};

constexpr std::array kKinds{Kind{"pattern", &pipeline::eval_pattern},
                            Kind{"filters", &pipeline::eval_filters}, Kind{"sql", &pipeline::eval_sql},
                            Kind{"schema", &schema::eval_schema},
                            Kind{"transform", &eval_transform}};

int evaluate(const std::string& name) {
  std::ios::sync_with_stdio(false);
  for (const auto& kind : kKinds) {
    if (kind.name != name) continue;
    std::string line;
    while (std::getline(std::cin, line)) std::cout << kind.evaluate(line) << '\n';
    std::cout.flush();
    return kDone;
  }
  return kCommandLineAtFault;
}

}  // namespace

void add_eval_command(CLI::App& program, int& exit_code) {
  auto* command =
      program.add_subcommand("eval", "Evaluate JSON Lines from stdin, one verdict a line; no daemon needed");
  auto name = std::make_shared<std::string>();
  std::vector<std::string> names;
  for (const auto& kind : kKinds) names.emplace_back(kind.name);
  command->add_option("kind", *name, "What the lines hold")->required()->check(CLI::IsMember(names));
  command->callback([name, &exit_code] { exit_code = evaluate(*name); });
}

}  // namespace signalbox::daemon
