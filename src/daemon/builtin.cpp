#include "daemon/builtin.hpp"

#include "connector/channel/channel_target_factory.hpp"
#include "connector/http/http_target_factory.hpp"

namespace signalbox::daemon {

TargetRegistry builtin_targets() {
  TargetRegistry targets;
  targets.emplace("channel", std::make_unique<connector::channel::ChannelTargetFactory>());
  targets.emplace("http", std::make_unique<connector::http::HttpTargetFactory>());
  return targets;
}

}  // namespace signalbox::daemon
