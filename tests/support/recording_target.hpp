#pragma once
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "loadtest/socket.hpp"
#include "support/http_request.hpp"
#include "support/wait_until.hpp"

namespace signalbox::test {

/// A request as it came.
struct RecordedRequest {
  std::string method;
  std::string path;  ///< with its query
  Headers headers;
  std::string body;  ///< exactly the bytes sent, de-chunked
  unsigned nth = 1;  ///< how many with this path and ce-id there have been, this one included
  std::chrono::steady_clock::time_point at{};
  std::string header(std::string_view name) const { return header_value(headers, name); }
};

/// What the target does with a request.
struct Answer {
  unsigned status = 204;
  Headers headers;
  std::string body;
  enum class Manner {
    reply,
    hang,   ///< says nothing and keeps the connection
    close,  ///< closes without a word
  };
  Manner manner = Manner::reply;

  static Answer with(unsigned status) {
    Answer answer;
    answer.status = status;
    return answer;
  }
  static Answer hanging() {
    Answer answer;
    answer.manner = Manner::hang;
    return answer;
  }
};

/// An HTTP server on 127.0.0.1 that records each request and answers by script; what no script says gets 204.
/// Thread-safe.
class RecordingTarget {
 public:
  using Script = std::function<Answer(const RecordedRequest&)>;

  RecordingTarget();
  ~RecordingTarget();
  RecordingTarget(const RecordingTarget&) = delete;
  RecordingTarget& operator=(const RecordingTarget&) = delete;

  std::uint16_t port() const { return port_; }
  std::string url(const std::string& path) const;

  /// For requests to `path` from now on.  Called under the target's lock: it must not call back.
  void script(const std::string& path, Script script);

  std::vector<RecordedRequest> requests(const std::string& path) const;
  /// Waits until `path` has had at least `count` requests; returns them all, fewer when `patience` is over.
  std::vector<RecordedRequest> wait_for(const std::string& path, std::size_t count,
                                        std::chrono::milliseconds patience = kPatience) const;

 private:
  struct Session {
    loadtest::Descriptor socket;
    std::thread thread;
  };
  void accept_all();
  void serve(const loadtest::Descriptor& socket);
  /// Records the request and decides on the answer; false when the connection is to be closed.
  bool handle(const loadtest::Descriptor& socket, RecordedRequest request);

  loadtest::Descriptor listener_;
  std::uint16_t port_;
  mutable std::mutex mutex_;  // all below
  mutable std::condition_variable changed_;
  std::map<std::string, Script> scripts_;
  std::map<std::string, std::vector<RecordedRequest>> requests_;
  std::list<Session> sessions_;
  bool stopping_ = false;
  std::thread acceptor_;
};

/// Fails the first `failures` attempts at each event with `status`, then takes it.
RecordingTarget::Script fails_first(unsigned failures, unsigned status = 503);
RecordingTarget::Script always(unsigned status, Headers headers = {});

}  // namespace signalbox::test
