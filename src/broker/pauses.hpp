#pragma once
#include <string>

#include "signalbox/ids.hpp"

namespace signalbox::broker {

/// Remembers which rules operators have paused, over restarts.  Thread-safe.
class Pauses {
 public:
  virtual ~Pauses() = default;
  virtual bool paused(const ChannelName& channel, const std::string& rule) const = 0;
  /// Durable when it returns true; may block for the time of a small file's write.
  virtual bool remember(const ChannelName& channel, const std::string& rule, bool paused) = 0;
};

}  // namespace signalbox::broker
