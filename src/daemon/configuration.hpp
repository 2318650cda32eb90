#pragma once
#include <memory>
#include <string>
#include <vector>

#include "broker/plan.hpp"
#include "config/load.hpp"
#include "config/settings.hpp"
#include "daemon/program_check.hpp"
#include "signalbox/target_factory.hpp"

namespace signalbox::daemon {

/// Where a configuration comes from; read again for each reload.
struct ConfigurationSource {
  std::string file;
  std::vector<std::string> overrides;  ///< "a.b=value", from --set
};

/// A configuration read, checked and compiled, or what is wrong with it.
struct Configuration {
  config::Settings settings;
  broker::Plan plan;
  Diagnostics faults;
  config::Sources sources;  ///< the texts, for showing the faults in them
};

/// Reads files and secrets; blocks on the disk, and on jq where there are programs that `programs` has not seen.
Configuration read_configuration(const ConfigurationSource& source, const TargetRegistry& targets, ProgramCheck& programs);

}  // namespace signalbox::daemon
