#include "daemon/service_manager.hpp"

#include <systemd/sd-daemon.h>

#include <ctime>

namespace signalbox::daemon {

void ServiceManager::ready() { sd_notify(0, "READY=1"); }

void ServiceManager::reloading() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%lld", static_cast<long long>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1'000);
}

void ServiceManager::stopping() { sd_notify(0, "STOPPING=1"); }

void ServiceManager::status(const std::string& text) { sd_notify(0, ("STATUS=" + text).c_str()); }

void ServiceManager::alive() { sd_notify(0, "WATCHDOG=1"); }

std::optional<Duration> ServiceManager::watchdog_interval() const {
  std::uint64_t usec = 0;
  if (sd_watchdog_enabled(0, &usec) <= 0) return std::nullopt;
  return std::chrono::microseconds(usec / 2);
}

}  // namespace signalbox::daemon
