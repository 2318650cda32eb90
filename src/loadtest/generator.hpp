#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "loadtest/histogram.hpp"
#include "loadtest/payload.hpp"
#include "signalbox/error.hpp"
#include "signalbox/secret.hpp"

namespace signalbox::loadtest {

/// What to send, where and how fast.
struct GeneratorOptions {
  std::string host = "127.0.0.1";  ///< name or address; plain HTTP
  std::uint16_t port = 8080;
  std::string path = "/";  ///< "/v1/acme/orders/events"
  Secret bearer_token;     ///< sent when not empty
  PayloadOptions payload;

  std::size_t connections = 64;  ///< one request in flight on each
  /// Events a second.  0: closed loop, each connection sends as soon as it was answered.  Else open loop:
  /// requests fall due on a fixed schedule whatever the server does, and latency counts from the due time, so
  /// that a stall is charged to every request it delays (no coordinated omission).
  double events_per_second = 0;

  std::optional<std::uint64_t> events;               ///< stop after so many (rounded up to whole requests)
  std::optional<std::chrono::nanoseconds> duration;  ///< stop sending after; with neither, until stop()
  std::chrono::nanoseconds warmup{0};                ///< latencies of what fell due before are left out
  std::chrono::nanoseconds answer_timeout = std::chrono::seconds(30);  ///< past it the outcome is unknown

  enum class Resend {
    never,               ///< a refused or unknown request is left so
    until_acknowledged,  ///< it is sent again with the same ids
  };
  Resend resend = Resend::never;

  std::optional<std::uint32_t> run;  ///< part of every id; random when not given
  std::uint64_t first_sequence = 0;
  std::string outcome_file;  ///< when set, an OutcomeLog of every request is written there
};

/// What came of a run; the counts are events unless they say otherwise.
struct GeneratorResult {
  std::uint32_t run = 0;
  std::uint64_t requests = 0;  ///< sent, resent ones included
  std::uint64_t sent = 0;      ///< distinct events: sequences first_sequence to first_sequence + sent - 1
  std::uint64_t acknowledged = 0;
  std::uint64_t refused = 0;
  std::uint64_t unknown = 0;
  std::uint64_t connect_failures = 0;  ///< attempts to connect that failed
  std::uint64_t late = 0;  ///< requests that fell due with no room left to remember them; not sent
  std::map<unsigned, std::uint64_t> statuses;  ///< answers by status, in requests
  std::chrono::nanoseconds elapsed{0};         ///< from the start to the last answer
  std::size_t request_bytes = 0;
  Histogram latency;  ///< of acknowledged requests, due time to answer

  double events_per_second() const;
};

/// One line of JSON.
void write_json(std::ostream& out, const GeneratorResult& result);

/// Sends CloudEvents to a daemon from a thread of its own.
///
/// Survives the daemon going away: it reconnects with backoff.  A request on a connection that breaks has an
/// unknown outcome.  A 429 or 503 pauses its connection for a tenth of a second. Thread-safety: call from one
/// thread, except stop() and acknowledged().
class Generator {
 public:
  /// Resolves the host and starts sending.  Errors: network (name), storage (outcome file).
  static Result<std::unique_ptr<Generator>> start(GeneratorOptions options);
  /// stop() and wait().
  ~Generator();
  Generator(const Generator&) = delete;
  Generator& operator=(const Generator&) = delete;

  /// Sends nothing more; what is in flight is still waited for (up to answer_timeout).  Thread-safe.
  void stop();
  /// Returns when all that was to be sent has been, and is answered or given up.  The outcome file is then
  /// complete.
  const GeneratorResult& wait();
  /// Events acknowledged so far.  Thread-safe.
  std::uint64_t acknowledged() const;

 private:
  struct Impl;
  explicit Generator(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
  std::thread thread_;
};

}  // namespace signalbox::loadtest
