#pragma once
#include "signalbox/channel_log.hpp"
#include "signalbox/ids.hpp"

namespace signalbox {

/// Is shown events of channels, to learn from.
class EventSampler {
 public:
  virtual ~EventSampler() = default;

  /// A durable event with data that is JSON.  Takes no longer than a push into a queue.  False: it could not
  /// be kept. Thread-safe.
  virtual bool offer(const ChannelName& channel, const StoredEventPtr& event) = 0;
};

}  // namespace signalbox
