#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <vector>

#include "base/wakeup.hpp"
#include "signalbox/channel_log.hpp"
#include "signalbox/clock.hpp"

namespace signalbox::broker {

class Lane;

/// Writes what a channel's lanes have changed, in one batch: one interval after the first change, or as soon as
/// kSoonAfter outcomes have gathered, so that a crash repeats few deliveries however fast they go.
///
/// Thread-safety: lives on its channel's strand.
class Checkpoint {
 public:
  static constexpr std::size_t kSoonAfter = 128;

  /// All references outlive the object; `durable_seq` is what the lanes' totals count up to.
  Checkpoint(boost::asio::any_io_executor strand, ChannelLog& log, Clock& clock, Duration interval, const Seq& durable_seq);

  /// `lane` has something for the next checkpoint; asked for at most once between two collect() calls.
  void touched(Lane& lane);
  /// One more outcome waits for the next checkpoint.
  void noted() {
    if (++noted_ == kSoonAfter) soon_.notify();
  }
  /// The lane is going away; everything of it has been flushed.
  void forget(const Lane& lane);

  /// Writes again and again until cancelled.
  boost::asio::awaitable<void> run();

  /// Writes now; when it returns ok, all that was changed before the call is written.
  /// Errors: those of ChannelLog::settle(); what was not written is lost to this process and comes again after a
  /// restart (the log refuses all further writes).
  boost::asio::awaitable<Status> flush();

 private:
  boost::asio::awaitable<Status> write_once();

  ChannelLog& log_;
  Clock& clock_;
  const Duration interval_;
  const Seq& durable_seq_;
  std::vector<Lane*> touched_;
  bool writing_ = false;
  std::size_t noted_ = 0;
  base::Wakeup something_;
  base::Wakeup soon_;
  base::Wakeup written_;
};

}  // namespace signalbox::broker
