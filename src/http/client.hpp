#pragma once
#include <boost/asio/awaitable.hpp>

#include "http/connection_pool.hpp"

namespace signalbox::http {

/// An HTTP/1.1 client of one server (scheme, host and port of a URL) with a pool of keep-alive connections.
/// Redirects are not followed: a 3xx is an answer like any other.
///
/// No answer is taken for another request's as far as HTTP/1.1 allows to tell: a connection is used again only when
/// the last response ended beyond doubt and nothing came after it, and a server that once sent more than it was asked
/// for gets a fresh connection for each request for some minutes.
///
/// Thread-safety: none; use it on its executor's strand only.
class Client {
 public:
  /// `clock` and `resolver` outlive the client.  REQUIRES: options.tls for an https server.
  Client(boost::asio::any_io_executor executor, Clock& clock, Resolver& resolver, Url server, ClientOptions options)
      : pool_(std::move(executor), clock, resolver, std::move(server), std::move(options)) {}

  /// Sends the request and completes with the whole response, by `deadline`.
  /// What `request` refers to outlives the awaited call.
  /// Errors: network, forbidden (an address against the policy), timed_out; the message says at what, on which address.
  /// Cancellation: terminal; throws operation_aborted.
  boost::asio::awaitable<Result<ClientResponse>> exchange(ClientRequest request, TimePoint deadline);

  /// Closes the connections that are not in use.
  void close_idle() { pool_.close_idle(); }
  ClientStats stats() const { return pool_.stats(); }

 private:
  ConnectionPool pool_;
};

}  // namespace signalbox::http
