#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/address.hpp>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "signalbox/clock.hpp"
#include "signalbox/error.hpp"

namespace signalbox::http {

/// Turns host names into addresses with the system's resolver, on threads of its own: getaddrinfo() blocks, and
/// Asio's resolver has one thread for the whole process, so one slow name would hold up everybody's connections.
///
/// Thread-safe.  It is destroyed (and then waits for the look-ups under way) before the I/O contexts of its callers.
class Resolver {
 public:
  explicit Resolver(std::size_t threads = 4);
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  /// The addresses of `host`, in the system's order of preference, at least one and at most kAddresses.  Addresses in
  /// their usual notation are answered at once.
  /// Errors: network, timed_out (the look-up then goes on unheard).  Cancellation: throws operation_aborted.
  boost::asio::awaitable<Result<std::vector<boost::asio::ip::address>>> resolve(std::string host, Clock& clock,
                                                                               TimePoint deadline);

  static constexpr std::size_t kAddresses = 16;

 private:
  struct Lazy;

  std::size_t thread_count_;
  std::unique_ptr<Lazy> lazy_;
};

}  // namespace signalbox::http
