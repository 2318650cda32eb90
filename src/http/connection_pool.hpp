#pragma once
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "http/address_policy.hpp"
#include "http/client_connection.hpp"
#include "http/client_resolver.hpp"
#include "http/client_waiting_line.hpp"
#include "http/url.hpp"

namespace signalbox::http {

/// How a client treats its connections.
struct ClientOptions {
  Duration connect_timeout = std::chrono::seconds(5);  ///< resolving, connecting and TLS, all addresses together
  Duration idle_timeout = std::chrono::seconds(30);    ///< below what servers usually keep; a server's own hint is obeyed
  std::size_t connections = 64;                        ///< open at once; more exchanges wait for one
  ResponseLimits response;
  AddressPolicy addresses;
  std::shared_ptr<const ClientTls> tls;                ///< needed for https
};

/// Counts since the start; a snapshot.
struct ClientStats {
  std::uint64_t opened = 0;      ///< connections opened
  std::uint64_t reused = 0;      ///< exchanges on a connection that had served before
  std::uint64_t surplus = 0;     ///< connections closed because of bytes nobody had asked for
  std::size_t open = 0, idle = 0;
};

/// Keep-alive connections to one server, and the one timer that watches over all of them.
///
/// Thread-safety: none; use it on its executor's strand only.
class ConnectionPool {
 public:
  /// REQUIRES: options.tls for an https server.
  ConnectionPool(boost::asio::any_io_executor executor, Clock& clock, Resolver& resolver, Url server,
                 ClientOptions options);
  /// REQUIRES: no lease is left.
  ~ConnectionPool();
  ConnectionPool(const ConnectionPool&) = delete;
  ConnectionPool& operator=(const ConnectionPool&) = delete;

  /// A connection for one exchange.  Closes it unless it was given back.
  class Lease {
   public:
    Lease() = default;
    Lease(Lease&& other) noexcept : pool_(other.pool_), connection_(std::exchange(other.connection_, nullptr)) {}
    Lease& operator=(Lease&& other) noexcept {
      std::swap(pool_, other.pool_);
      std::swap(connection_, other.connection_);
      return *this;
    }
    ~Lease() { discard(); }
    explicit operator bool() const { return connection_ != nullptr; }
    ClientConnection* operator->() const { return connection_; }

    void discard() {
      if (auto* connection = std::exchange(connection_, nullptr)) pool_->discard(*connection);
    }
    /// After a response: back to the idle ones if that is safe.
    void give_back() {
      if (auto* connection = std::exchange(connection_, nullptr)) pool_->give_back(*connection);
    }

   private:
    friend ConnectionPool;
    Lease(ConnectionPool& pool, ClientConnection& connection) : pool_(&pool), connection_(&connection) {}
    ConnectionPool* pool_ = nullptr;
    ClientConnection* connection_ = nullptr;
  };

  /// An idle connection that is still open and quiet, the one used last; empty when there is none.
  Lease take_idle(TimePoint deadline);
  /// A new connection (or, when as many are open as may be, the next that falls idle).
  /// Errors: network, forbidden (every address is against the policy), timed_out.
  /// Cancellation: throws operation_aborted.
  boost::asio::awaitable<Result<Lease>> open(TimePoint deadline);

  void close_idle();
  ClientStats stats() const;

 private:
  struct CallNext;
  struct Resolving;
  using Addresses = std::vector<boost::asio::ip::address>;

  boost::asio::awaitable<Result<Addresses>> addresses(TimePoint deadline);
  boost::asio::awaitable<Result<Lease>> open_one(boost::asio::ip::address address, TimePoint deadline);
  /// Completes, with nothing, when one more connection may be opened, or with one that has fallen idle.
  boost::asio::awaitable<Result<Lease>> room(TimePoint deadline);
  Lease start(ClientConnection& connection, TimePoint deadline);
  void give_back(ClientConnection& connection);
  void discard(ClientConnection& connection);
  void call_next();
  void watch(TimePoint deadline);
  void on_timer();

  boost::asio::any_io_executor executor_;
  Clock& clock_;
  Resolver& resolver_;
  const Url server_;
  const ClientOptions options_;
  ClientTls::Session session_;
  std::vector<std::unique_ptr<ClientConnection>> connections_;  // all that are open
  std::vector<ClientConnection*> idle_;                         // the last used at the back
  Result<Addresses> resolved_;
  TimePoint resolved_until_ = TimePoint::min();
  bool resolving_ = false;
  WaitingLine for_addresses_;
  WaitingLine for_room_;
  TimePoint trust_from_ = TimePoint::min();  // until then no connection is used twice
  boost::asio::steady_timer timer_;
  TimePoint timer_at_ = TimePoint::max();
  std::shared_ptr<const bool> alive_;        // seen by a timer handler that is already under way
  ClientStats counts_;
};

}  // namespace signalbox::http
