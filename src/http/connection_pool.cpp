#include "http/connection_pool.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cassert>

namespace signalbox::http {
namespace {

namespace asio = boost::asio;

// How long the addresses of a name are believed, and that it has none.
constexpr Duration kAddressesKept = std::chrono::seconds(5);
constexpr Duration kFaultKept = std::chrono::seconds(1);
// After a server sent bytes nobody had asked for its connections are used once each for so long.
constexpr Duration kDistrust = std::chrono::minutes(5);
// A connection that was read to its end this lately is not looked at again before it is used.
constexpr Duration kJustRead = std::chrono::microseconds(100);
// A server closes by its own clock; this much before that we do.
constexpr Duration kKeepAliveMargin = std::chrono::seconds(1);

}  // namespace

struct ConnectionPool::CallNext {
  explicit CallNext(ConnectionPool& owner) : pool(owner) {}
  ~CallNext() { pool.call_next(); }
  CallNext(const CallNext&) = delete;
  CallNext& operator=(const CallNext&) = delete;
  ConnectionPool& pool;
};

struct ConnectionPool::Resolving {
  explicit Resolving(ConnectionPool& owner) : pool(owner) { pool.resolving_ = true; }
  ~Resolving() {
    pool.resolving_ = false;
    pool.for_addresses_.call_all();
  }
  Resolving(const Resolving&) = delete;
  Resolving& operator=(const Resolving&) = delete;
  ConnectionPool& pool;
};

ConnectionPool::ConnectionPool(asio::any_io_executor executor, Clock& clock, Resolver& resolver, Url server,
                               ClientOptions options)
    : executor_(executor),
      clock_(clock),
      resolver_(resolver),
      server_(std::move(server)),
      options_(std::move(options)),
      for_addresses_(executor),
      for_room_(executor),
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
  if (idle_.empty()) return Lease();
  const auto now = clock_.now();
  while (!idle_.empty()) {
    auto& connection = *idle_.back();
    idle_.pop_back();
    const bool just_read = now - connection.idle_since < kJustRead;
    const auto state = just_read ? ClientConnection::Idle::quiet : connection.look();
    if (state == ClientConnection::Idle::quiet) {
      ++counts_.reused;
      return start(connection, deadline);
    }
    if (state == ClientConnection::Idle::spoke) {
      ++counts_.surplus;
      trust_from_ = now + kDistrust;
    }
    discard(connection);
  }
  return Lease();
}

asio::awaitable<Result<ConnectionPool::Lease>> ConnectionPool::open(TimePoint deadline) {
  if (auto idle = co_await room(deadline); !idle || *idle) co_return idle;  // not at the cost of the connect timeout
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
    if (auto idle = co_await room(deadline); !idle || *idle) co_return idle;  // others went first meanwhile
    // One dead address must leave time for the others.
    const auto now = clock_.now();
    const auto share = now + (connect_by - now) / static_cast<int>(left--);
    last = co_await open_one(address, share);
    if (last || clock_.now() >= connect_by) break;
  }
  if (!last) co_return last;
  (*last)->deadline = deadline;
  watch(deadline);
  co_return last;
}

// One look-up at a time: the others wait for its result.
asio::awaitable<Result<ConnectionPool::Addresses>> ConnectionPool::addresses(TimePoint deadline) {
  while (clock_.now() >= resolved_until_) {
    if (!resolving_) {
      const Resolving mark(*this);
      auto found = co_await resolver_.resolve(server_.host, clock_, deadline);
      if (!found && found.error().code == Errc::timed_out) co_return found;  // by our deadline, not theirs
      resolved_until_ = clock_.now() + (found ? kAddressesKept : kFaultKept);
      resolved_ = std::move(found);
    } else if (!co_await for_addresses_.wait(clock_, deadline)) {
      co_return Error(Errc::timed_out, "resolve " + server_.host + ": timed out");
    }
  }
  co_return resolved_;
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

asio::awaitable<Result<ConnectionPool::Lease>> ConnectionPool::room(TimePoint deadline) {
  // Whoever leaves this, cancelled or served, passes on the call if there is room left.
  const CallNext call_next(*this);
  while (connections_.size() >= options_.connections) {
    if (!co_await for_room_.wait(clock_, deadline))
      co_return Error(Errc::timed_out, "waiting for one of " + std::to_string(options_.connections) +
                                           " connections to " + server_.authority() + ": timed out");
    if (auto idle = take_idle(deadline)) co_return idle;
  }
  co_return Lease();
}

void ConnectionPool::call_next() {
  const bool room = !idle_.empty() || connections_.size() < options_.connections;
  if (room) for_room_.call_first();
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
  connection.idle_since = now;
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
