#pragma once
#include <optional>
#include <string>

#include "signalbox/clock.hpp"

namespace signalbox::daemon {

/// What systemd is told (sd_notify); all of it does nothing when the daemon was not started by systemd.
class ServiceManager {
 public:
  void ready();
  void reloading();
  void stopping();
  void status(const std::string& text);
  void alive();
  /// How often alive() is expected; nullopt when nobody watches.
  std::optional<Duration> watchdog_interval() const;
};

}  // namespace signalbox::daemon
