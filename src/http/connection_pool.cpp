#include "http/connection_pool.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cassert>

namespace signalbox::http {
namespace {

namespace asio = boost::asio;

// How long the addresses of a name are believed; failures are not kept.
constexpr Duration kAddressesKept = std::chrono::seconds(5);
// After a server sent bytes nobody had asked for its connections are used once each for so long.
constexpr Duration kDistrust = std::chrono::minutes(5);
// A server closes by its own clock; this much before that we do.
constexpr Duration kKeepAliveMargin = std::chrono::seconds(1);

}  // namespace

ConnectionPool::ConnectionPool(asio::any_io_executor executor, Clock& clock, Resolver& resolver, Url server,
                               ClientOptions options)
    : executor_(executor),
      clock_(clock),
      resolver_(resolver),
      server_(std::move(server)),
      options_(std::move(options)),
      timer_(executor),
      alive_(std::make_shared<const bool>(true)) {
  assert(server_.scheme == Url::Scheme::http || options_.tls);
  assert(options_.connections > 0);
}

ConnectionPool::~ConnectionPool() {
  close_idle();
  assert(connections_.empty());
}

ConnectionPool::Lease ConnectionPool::take_idle(TimePoint deadline) {
  while (!idle_.empty()) {
    auto& connection = *idle_.back();
    idle_.pop_back();
    const auto state = connection.look();
    if (state == ClientConnection::Idle::quiet) {
      ++counts_.reused;
      return start(connection, deadline);
    }
    if (state == ClientConnection::Idle::spoke) {
      ++counts_.surplus;
      trust_from_ = clock_.now() + kDistrust;
    }
    discard(connection);
  }
  return Lease();
}

asio::awaitable<Result<ConnectionPool::Lease>> ConnectionPool::open(TimePoint deadline) {
  while (connections_.size() >= options_.connections) {
    if (!co_await wait_for_room(deadline))
      co_return Error(Errc::timed_out, "waiting for one of " + std::to_string(options_.connections) +
                                           " connections to " + server_.authority() + ": timed out");
    if (auto idle = take_idle(deadline)) co_return idle;
  }
  const auto connect_by = std::min(deadline, clock_.now() + options_.connect_timeout);
  auto found = co_await addresses(connect_by);
  if (!found) co_return found.error();

  Result<Lease> last = Error(Errc::network, "resolve " + server_.host + ": no address");
  std::size_t left = found->size();
  for (const auto& address : *found) {
    // Checked here and connected to as checked: the name is not resolved again.
    if (auto refusal = options_.addresses.refusal(address)) {
      last = Error(Errc::forbidden, "connect to " + server_.host + ": address not allowed: " + *refusal);
      --left;
      continue;
    }
    // One dead address must leave time for the others.
    const auto now = clock_.now();
    const auto share = now + (connect_by - now) / static_cast<int>(left--);
    last = co_await open_one(address, share);
    if (last || clock_.now() >= connect_by) break;
  }
  if (!last) {
    resolved_until_ = TimePoint::min();
    co_return last;
  }
  (*last)->deadline = deadline;
  watch(deadline);
  co_return last;
}

asio::awaitable<Result<ConnectionPool::Addresses>> ConnectionPool::addresses(TimePoint deadline) {
  if (clock_.now() < resolved_until_) co_return resolved_;
  auto found = co_await resolver_.resolve(server_.host, clock_, deadline);
  if (found) {
    resolved_ = *found;
    resolved_until_ = clock_.now() + kAddressesKept;
  }
  co_return found;
}

asio::awaitable<Result<ConnectionPool::Lease>> ConnectionPool::open_one(asio::ip::address address, TimePoint deadline) {
  connections_.push_back(std::make_unique<ClientConnection>(executor_, options_.response));
  auto lease = start(*connections_.back(), deadline);
  const asio::ip::tcp::endpoint endpoint(address, server_.port);
  auto connected = co_await lease->connect(endpoint);
  if (connected && server_.scheme == Url::Scheme::https)
    connected = co_await lease->secure(*options_.tls, server_.host, session_);
  if (!connected) co_return connected.error();
  ++counts_.opened;
  co_return lease;
}

// A coroutine that waits for room stands in the queue.
struct ConnectionPool::Waiter {
  explicit Waiter(ConnectionPool& owner) : pool(owner), called(owner.executor_) { pool.waiters_.push_back(this); }
  ~Waiter() {
    std::erase(pool.waiters_, this);
    pool.call_next();  // it may have been called and then be cancelled
  }
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;
  ConnectionPool& pool;
  asio::steady_timer called;  // expires at the deadline
};

asio::awaitable<bool> ConnectionPool::wait_for_room(TimePoint deadline) {
  Waiter waiter(*this);
  waiter.called.expires_after(deadline - clock_.now());
  const auto [ec] = co_await waiter.called.async_wait(asio::as_tuple(asio::use_awaitable));
  co_return static_cast<bool>(ec);
}

void ConnectionPool::call_next() {
  const bool room = !idle_.empty() || connections_.size() < options_.connections;
  if (room && !waiters_.empty()) waiters_.front()->called.cancel();
}

ConnectionPool::Lease ConnectionPool::start(ClientConnection& connection, TimePoint deadline) {
  connection.deadline = deadline;
  watch(deadline);
  return Lease(*this, connection);
}

void ConnectionPool::give_back(ClientConnection& connection) {
  const auto now = clock_.now();
  if (connection.has_surplus()) {
    ++counts_.surplus;
    trust_from_ = now + kDistrust;
  }
  auto idle_for = options_.idle_timeout;
  if (const auto hint = connection.keep_alive_timeout()) idle_for = std::min(idle_for, *hint - kKeepAliveMargin);
  if (!connection.reusable() || now < trust_from_ || idle_for <= Duration::zero()) return discard(connection);
  connection.deadline = now + idle_for;
  watch(connection.deadline);
  idle_.push_back(&connection);
  call_next();
}

void ConnectionPool::discard(ClientConnection& connection) {
  std::erase(idle_, &connection);
  auto is_it = [&](const auto& one) { return one.get() == &connection; };
  const auto at = std::find_if(connections_.begin(), connections_.end(), is_it);
  assert(at != connections_.end());
  std::swap(*at, connections_.back());
  connections_.pop_back();
  call_next();
}

void ConnectionPool::close_idle() {
  while (!idle_.empty()) discard(*idle_.back());
}

// Re-arms the timer only when something must happen before it goes off: in steady traffic that is hardly ever.
void ConnectionPool::watch(TimePoint deadline) {
  if (deadline >= timer_at_) return;
  timer_at_ = deadline;
  timer_.expires_after(deadline - clock_.now());
  auto look = [this, alive = std::weak_ptr<const bool>(alive_)](const boost::system::error_code& ec) {
    if (!ec && !alive.expired()) on_timer();
  };
  timer_.async_wait(std::move(look));
}

void ConnectionPool::on_timer() {
  timer_at_ = TimePoint::max();
  const auto now = clock_.now();
  auto past = [&](const ClientConnection* one) { return one->deadline <= now; };
  while (true) {
    const auto at = std::find_if(idle_.begin(), idle_.end(), past);
    if (at == idle_.end()) break;
    discard(**at);
  }
  auto next = TimePoint::max();
  for (const auto& connection : connections_) {
    if (connection->deadline <= now) {
      connection->expire();
      connection->deadline = TimePoint::max();
    }
    next = std::min(next, connection->deadline);
  }
  if (next != TimePoint::max()) watch(next);
}

ClientStats ConnectionPool::stats() const {
  auto stats = counts_;
  stats.open = connections_.size();
  stats.idle = idle_.size();
  return stats;
}

}  // namespace signalbox::http
