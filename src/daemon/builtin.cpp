#include "daemon/builtin.hpp"

#include "connector/http/http_target_factory.hpp"

namespace signalbox::daemon {

TargetRegistry builtin_targets() {
  TargetRegistry targets;
  targets.emplace("http", std::make_unique<connector::http::HttpTargetFactory>());
  return targets;
}

}  // namespace signalbox::daemon
