#include "daemon/cli_check.hpp"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "config/report.hpp"
#include "daemon/builtin.hpp"
#include "daemon/exit_code.hpp"

namespace signalbox::daemon {

int check(const ConfigurationSource& source, bool as_json) {
  const auto targets = builtin_targets();
  const auto configuration = read_configuration(source, targets);
  const auto& faults = configuration.faults;
  if (as_json) {
    std::puts(config::to_json(faults.faults()).c_str());
  } else {
    const bool colour = isatty(STDOUT_FILENO) && !std::getenv("NO_COLOR");
    std::fputs(config::report(faults.faults(), configuration.sources, colour ? config::Colour::on : config::Colour::off).c_str(), stdout);
    if (faults.faults().empty()) std::printf("%s: no faults\n", source.file.c_str());
  }
  return faults.clean() ? kDone : kInputAtFault;
}

}  // namespace signalbox::daemon
