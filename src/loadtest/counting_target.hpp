#pragma once
#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "loadtest/histogram.hpp"
#include "signalbox/error.hpp"

namespace signalbox::loadtest {

/// How a target answers; may be changed while it runs.
struct TargetBehaviour {
  unsigned status = 204;                            ///< of what it takes
  std::chrono::nanoseconds delay{0};                ///< holds each answer back
  unsigned fail_first = 0;                          ///< the first n attempts at each event fail
  std::uint64_t fail_every = 0;                     ///< each nth request fails; 0: none
  unsigned fail_status = 503;                       ///< of what fails on purpose
  std::optional<std::chrono::seconds> retry_after;  ///< sent with what fails on purpose
  bool hang = false;                                ///< never answers
};

struct TargetOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;  ///< 0: any free one
  TargetBehaviour behaviour;
  std::string delivery_file;  ///< when set, a DeliveryLog is written there
};

/// What one path has received; the counts are events unless they say otherwise.
struct PathStats {
  std::uint64_t requests = 0;   ///< read whole
  std::uint64_t delivered = 0;  ///< answered with a 2xx
  std::uint64_t unique = 0;     ///< different ones among them
  std::uint64_t failed_on_purpose = 0;
  std::uint64_t untagged = 0;  ///< requests without an EventToken: answered, else not counted

  std::uint64_t duplicates() const { return delivered - unique; }
};

struct TargetStats {
  PathStats total;  ///< sums; an event delivered to two paths counts twice
  std::map<std::string, PathStats> paths;
  std::uint64_t connections = 0;     ///< accepted
  std::uint64_t torn = 0;            ///< connections that ended amid a request; what was torn is ignored
  std::chrono::nanoseconds span{0};  ///< from the first delivery to the last
  Histogram latency;                 ///< due to receipt, of each event's first delivery

  double events_per_second() const;  ///< unique ones over the span
};

/// One line of JSON.
void write_json(std::ostream& out, const TargetStats& stats);

/// An HTTP/1.1 server that takes deliveries and counts them, on a thread of its own.
///
///     GET  /stats   the figures so far, as JSON
///     POST /reset   forgets them (and the attempts made at each event)
///     anything else is a delivery; each path is counted apart
///
/// Events are those with an EventToken as their id, in the ce-id header or, without one, in the body.
/// Thread-safety: all members may be called from any thread.
class CountingTarget {
 public:
  /// Listens, and serves from then on.  Errors: conflict (address in use), network, storage (delivery file).
  static Result<std::unique_ptr<CountingTarget>> start(TargetOptions options);
  /// Closes all connections; the delivery file is then complete.
  ~CountingTarget();
  CountingTarget(const CountingTarget&) = delete;
  CountingTarget& operator=(const CountingTarget&) = delete;

  std::uint16_t port() const;
  TargetStats stats() const;
  void reset();
  /// For what is read from now on; what hangs goes on hanging.
  void set_behaviour(TargetBehaviour behaviour);
  /// Hands the deliveries logged so far to the kernel.
  void flush_deliveries();

 private:
  struct Impl;
  explicit CountingTarget(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
  std::thread thread_;
};

}  // namespace signalbox::loadtest
