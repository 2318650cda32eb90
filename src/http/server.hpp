#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "base/placement.hpp"
#include "http/message.hpp"
#include "signalbox/clock.hpp"
#include "signalbox/error.hpp"

namespace signalbox::http {

/// Server side of TLS; empty certificate: plain TCP.
struct ServerTls {
  std::string certificate_file;   ///< PEM, chain included
  std::string key_file;           ///< PEM
  std::string client_ca_file;     ///< when set, clients must show a certificate signed by it
  bool operator==(const ServerTls&) const = default;
};

struct ServerOptions {
  std::string name;                          ///< "ingest", "admin": for logs and metrics
  std::string listen = "127.0.0.1:0";        ///< "host:port" or "[v6]:port"; port 0: any free one
  ServerTls tls;
  std::size_t max_connections = 10'000;      ///< past it: accepted, answered 503 and closed
  std::size_t head_bytes = 16 << 10;         ///< past it: 431
  std::size_t headers = 200;                 ///< number of header fields; past it: 431
  Duration head_timeout = std::chrono::seconds(10);   ///< from the first byte of a head (from the accept for the first)
  Duration body_timeout = std::chrono::seconds(30);   ///< whole body; 408
  Duration idle_timeout = std::chrono::seconds(75);   ///< between requests; closed silently
  Duration write_timeout = std::chrono::seconds(30);  ///< a peer that does not read is closed
  std::size_t body_memory = 256 << 20;       ///< bytes of bodies in memory over all connections; past it: 503
  bool lengthless_body = false;              ///< a POST without a length has an empty body; else 411
  bool operator==(const ServerOptions&) const = default;
};

/// Counts since the start; a snapshot.
struct ServerStats {
  std::uint64_t connections_open = 0, connections_total = 0, connections_refused = 0;
  std::uint64_t requests = 0, in_progress = 0;
  std::uint64_t faults = 0;                  ///< refusals made by the server itself
};

/// A strict HTTP/1.1 server on one address: head scan before the parser, limits and deadlines on everything,
/// keep-alive, pipelining (answers in order), Expect: 100-continue, chunked bodies.
///
/// Thread-safety: all members may be called from any thread.
class Server {
 public:
  /// Listens on `executor`; each connection is served where `connections` places it.  `connections`, `handler` and
  /// `clock` outlive the server.
  Server(boost::asio::any_io_executor executor, base::Placement& connections, Clock& clock, ServerOptions options, Handler& handler);
  /// REQUIRES: stop() has completed, or listen() never succeeded.
  ~Server();

  /// Binds, listens and starts accepting.  Errors: conflict (address in use), invalid_argument (address, TLS files).
  Status listen();
  /// The port bound, after listen().
  std::uint16_t port() const;

  /// Stops accepting and closes idle connections; requests under way are answered with Connection: close.
  void drain();
  /// drain(), then waits for the requests under way until `deadline`, then closes what is left.
  boost::asio::awaitable<void> stop(TimePoint deadline);

  /// Reads the TLS files again for new connections.  On an error the old ones stay in use.
  Status reload_tls();

  ServerStats stats() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace signalbox::http
