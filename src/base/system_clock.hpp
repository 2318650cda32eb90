#pragma once
#include "signalbox/clock.hpp"

namespace signalbox::base {

/// The machine's clocks.
class SystemClock final : public Clock {
 public:
  TimePoint now() const override { return std::chrono::steady_clock::now(); }
  WallTime wall_now() const override {
    return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
  }
  boost::asio::awaitable<void> sleep_until(TimePoint when) override;
};

}  // namespace signalbox::base
