#pragma once
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "signalbox/clock.hpp"
#include "signalbox/event.hpp"
#include "signalbox/raw_body.hpp"
#include "signalbox/target.hpp"

namespace signalbox {

/// One question to a target, about one event.
struct EnrichmentRequest {
  enum class Method : std::uint8_t {
    post,
    get,  ///< nothing is sent but the request itself: neither the event nor `body`
  };
  Method method = Method::post;
  std::string path;   ///< goes behind the path of the target's URL: "", or begins with '/'; percent-encoded
  std::string query;  ///< goes behind the query of the target's URL: "a=b&c=d" or ""; percent-encoded
  const Event* event = nullptr;  ///< what is asked about; outlives the call.  With POST it is sent as the
                                 ///< target's settings say, unless there is a `body`
  std::optional<RawBody> body;  ///< sent in the event's place
};

/// What a target said.  A value.
struct EnrichmentAnswer {
  /// `content-type` and all `ce-…`, their names in lower case; nothing else.
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  /// How long the target allows the answer to be kept, zero for not at all; nullopt when it does not say.
  std::optional<Duration> fresh_for;
};

/// What became of a question.
struct EnrichmentReply {
  Outcome outcome;          ///< as of a delivery; `delivered` when there is an answer
  EnrichmentAnswer answer;  ///< of `delivered`
};

/// Asks somebody what an event should know.  Asks once: retries, rate, concurrency, circuit breaking and
/// caching are its caller's, as with Target.  All calls on one object are made from one strand, many may be
/// under way at once.
class Enricher {
 public:
  virtual ~Enricher() = default;

  /// One attempt at a question, the `attempt`-th (from 1).  Must finish by `deadline`.
  /// Cancellation: terminal; throws operation_aborted.
  virtual boost::asio::awaitable<EnrichmentReply> ask(const EnrichmentRequest& request, unsigned attempt,
                                                      TimePoint deadline) = 0;
};

}  // namespace signalbox
