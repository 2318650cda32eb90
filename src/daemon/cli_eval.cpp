#include "daemon/cli_eval.hpp"

#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/exit_code.hpp"
#include "daemon/jq_programs.hpp"
#include "jq/blocking_workers.hpp"
#include "pipeline/eval.hpp"
#include "pipeline/transform_eval.hpp"
#include "schema/eval.hpp"

namespace signalbox::daemon {
namespace {

struct Kind {
  std::string_view name;
  std::function<std::string(std::string_view line)> evaluate;
};

/// Evaluates transforms; starts workers for jq when a line has a program.
class TransformEvaluation {
 public:
  std::string operator()(std::string_view line) {
    return pipeline::eval_transform(line, [this](const pipeline::ProgramCall& call) { return run_jq(call); });
  }

 private:
  Result<jq::Results> run_jq(const pipeline::ProgramCall& call) {
    if (!workers_) workers_ = std::make_shared<jq::BlockingWorkers>(jq_options(config::Jq()));
    auto results = workers_->run(call.program, call.input);
    if (!results) return named_jq(results.error());
    return results;
  }

  std::shared_ptr<jq::BlockingWorkers> workers_;
};

std::vector<Kind> make_kinds() {
  return {{"pattern", &pipeline::eval_pattern},
          {"filters", &pipeline::eval_filters},
          {"sql", &pipeline::eval_sql},
          {"schema", &schema::eval_schema},
          {"transform", TransformEvaluation()}};
}

int evaluate(const std::string& name) {
  std::ios::sync_with_stdio(false);
  for (const auto& kind : make_kinds()) {
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
  for (const auto& kind : make_kinds()) names.emplace_back(kind.name);
  command->add_option("kind", *name, "What the lines hold")->required()->check(CLI::IsMember(names));
  command->callback([name, &exit_code] { exit_code = evaluate(*name); });
}

}  // namespace signalbox::daemon
