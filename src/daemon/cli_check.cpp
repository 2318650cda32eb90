#include "daemon/cli_check.hpp"

#include <cstdio>

#include "base/exit_code.hpp"
#include "config/report.hpp"
#include "daemon/builtin.hpp"
#include "daemon/schema_plan.hpp"
#include "daemon/terminal.hpp"

namespace signalbox::daemon {

int check(const ConfigurationSource& source, bool as_json) {
  const auto targets = builtin_targets();
  ProgramCheck programs;
  auto configuration = read_configuration(source, targets, programs);
  warn_of_undeclared(configuration.settings, configuration.faults);
  const auto& faults = configuration.faults;
  if (as_json) {
    std::puts(config::to_json(faults.faults()).c_str());
  } else {
    const auto colour = takes_colour(Stream::out) ? config::Colour::on : config::Colour::off;
    std::fputs(config::report(faults.faults(), configuration.sources, colour).c_str(), stdout);
    if (faults.faults().empty()) std::printf("%s: no faults\n", source.file.c_str());
  }
  return faults.clean() ? kDone : kInputAtFault;
}

}  // namespace signalbox::daemon
