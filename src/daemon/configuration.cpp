#include "daemon/configuration.hpp"

#include "daemon/plan.hpp"

namespace signalbox::daemon {

Configuration read_configuration(const ConfigurationSource& source, const TargetRegistry& targets,
                                 ProgramCheck& programs) {
  Configuration configuration;
  auto tree = config::load(source.file, source.overrides, configuration.faults);
  configuration.sources = std::move(tree.sources);
  if (!tree.whole) return configuration;
  configuration.settings = config::read_settings(tree.root, configuration.faults);
  configuration.plan = make_plan(configuration.settings, targets, configuration.faults);
  programs.check(configuration.settings, configuration.faults);
  return configuration;
}

}  // namespace signalbox::daemon
