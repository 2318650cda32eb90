#include "http/server.hpp"

#include <fmt/format.h>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <cassert>
#include <charconv>
#include <exception>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "base/log.hpp"
#include "base/task_group.hpp"
#include "base/wakeup.hpp"
#include "base/with_deadline.hpp"
#include "http/server_tls.hpp"
#include "http/session.hpp"

namespace signalbox::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using SessionId = std::uint64_t;

constexpr std::size_t kRefusingMax =
    64;  // connections past the limit that are told so at once; more are just closed
constexpr Duration kSweepShortest = std::chrono::milliseconds(5);
constexpr Duration kSweepLongest = std::chrono::seconds(1);
constexpr Duration kAcceptPause =
    std::chrono::milliseconds(100);  // after accept() failed: no file descriptors, say

/// The open sessions.  Orders to a session (expire, drain, kill) are posted to its strand with its id and
/// look it up there: a session leaves the map on its own strand, so one that is found lives for as long as
/// the order runs. An order may outlive the server, and so they share the registry.  Thread-safe.
class Registry {
 public:
  SessionId add(std::unique_ptr<Session> session) {
    const std::lock_guard lock(mutex_);
    if (session->purpose() == Session::Purpose::refuse) ++refusing_;
    sessions_.emplace(++last_id_, std::move(session));
    return last_id_;
  }
  void remove(SessionId id) {
    std::unique_ptr<Session> session;  // dies outside the lock
    const std::lock_guard lock(mutex_);
    const auto found = sessions_.find(id);
    session = std::move(found->second);
    if (session->purpose() == Session::Purpose::refuse) --refusing_;
    sessions_.erase(found);
  }
  Session* find(SessionId id) {
    const std::lock_guard lock(mutex_);
    const auto found = sessions_.find(id);
    return found == sessions_.end() ? nullptr : found->second.get();
  }
  std::size_t serving() const {
    const std::lock_guard lock(mutex_);
    return sessions_.size() - refusing_;
  }
  std::size_t refusing() const {
    const std::lock_guard lock(mutex_);
    return refusing_;
  }
  /// Calls `each(id, session)` under the lock: it must be short.
  template <class Each>
  void for_each(Each each) const {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, session] : sessions_) each(id, *session);
  }

 private:
  mutable std::mutex mutex_;
  std::unordered_map<SessionId, std::unique_ptr<Session>> sessions_;
  SessionId last_id_ = 0;
  std::size_t refusing_ = 0;
};

/// "host:port", "[v6]:port", ":port" (any address).
Result<tcp::endpoint> parse_listen(const std::string& text, const asio::any_io_executor& executor) {
  const auto bad = [&](std::string_view why) {
    return Error(Errc::invalid_argument, fmt::format("listen address {}: {}", base::log::quoted(text), why));
  };
  const auto colon = text.rfind(':');
  if (colon == text.npos) return bad("expected host:port");
  std::uint16_t port = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data() + colon + 1, end, port);
  if (parsed.ec != std::errc() || parsed.ptr != end) return bad("the port must be a number up to 65535");
  auto host = text.substr(0, colon);
  if (host.empty() || host == "*") return tcp::endpoint(tcp::v6(), port);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (!bracketed && host.find(':') != host.npos) return bad("an IPv6 address stands in brackets");
  error_code ec;
  const auto address = asio::ip::make_address(host, ec);
  if (!ec) return tcp::endpoint(address, port);
  if (bracketed) return bad("not an IPv6 address");
  tcp::resolver resolver(executor);
  const auto found = resolver.resolve(host, std::to_string(port), tcp::resolver::numeric_service, ec);
  if (ec || found.empty()) return bad(ec ? ec.message() : "no such host");
  return found.begin()->endpoint();
}

}  // namespace

struct Server::Impl {
  Impl(asio::any_io_executor e, base::Placement& p, Clock& clock, ServerOptions options, Handler& handler)
      : executor(std::move(e)),
        connections(p),
        strand(asio::make_strand(executor)),
        context(clock, std::move(options), handler),
        acceptor(strand),
        background(strand, 2),
        changed(strand) {}

  Status listen();
  Status load_tls();
  void begin_drain();
  asio::awaitable<void> stop(TimePoint deadline);

  asio::awaitable<void> accept_connections();
  void open_session(tcp::socket socket);
  void on_session_end(SessionId id, const std::exception_ptr& error);
  asio::awaitable<void> wait_until_closed();
  asio::awaitable<void> watch_deadlines();
  Duration sweep_interval() const;
  template <class Wanted, class Order>
  void tell_sessions(Wanted wanted, Order order);

  const asio::any_io_executor executor;
  base::Placement& connections;
  const asio::any_io_executor strand;  // of the server: what is below, unless said, is touched there only
  SessionContext context;
  tcp::acceptor acceptor;
  std::uint16_t port = 0;
  base::TaskGroup background;
  base::Wakeup changed;
  std::size_t open = 0;  // sessions whose end has not been noticed here
  bool listening = false;
  std::shared_ptr<Registry> registry = std::make_shared<Registry>();
  std::atomic<std::uint64_t> connections_total{0};
  std::atomic<std::uint64_t> connections_refused{0};
  std::mutex tls_mutex;
  std::shared_ptr<asio::ssl::context> tls;  // under tls_mutex
};

// ---- listening

Status Server::Impl::load_tls() {
  auto loaded = make_server_context(context.options.tls);
  if (!loaded) return loaded.error();
  const std::lock_guard lock(tls_mutex);
  tls = *std::move(loaded);
  return ok();
}

Status Server::Impl::listen() {
  auto tls_loaded = load_tls();
  if (!tls_loaded) return tls_loaded;
  const auto& text = context.options.listen;
  const auto endpoint = parse_listen(text, executor);
  if (!endpoint) return endpoint.error();
  error_code ec;
  acceptor.open(endpoint->protocol(), ec);
  if (!ec) acceptor.set_option(tcp::acceptor::reuse_address(true), ec);
  if (!ec && endpoint->address().is_v6() && endpoint->address().is_unspecified())
    acceptor.set_option(asio::ip::v6_only(false), ec);
  if (!ec) acceptor.bind(*endpoint, ec);
  if (!ec) acceptor.listen(asio::socket_base::max_listen_connections, ec);
  if (!ec) port = acceptor.local_endpoint(ec).port();
  if (ec) {
    error_code ignored;
    acceptor.close(ignored);
    const auto code = ec == asio::error::address_in_use ? Errc::conflict : Errc::invalid_argument;
    return Error(code, fmt::format("listen on {}: {}", text, ec.message()));
  }
  listening = true;
  const auto start = [this] {
    background.spawn(accept_connections());
    background.spawn(watch_deadlines());
  };
  asio::post(strand, start);
  return ok();
}

asio::awaitable<void> Server::Impl::accept_connections() {
  bool failing = false;  // said once until it works again
  while (!context.draining) {
    error_code ec;
    const auto place = connections.place();
    tcp::socket socket = co_await acceptor.async_accept(place, asio::redirect_error(asio::use_awaitable, ec));
    if (context.draining) break;
    if (ec) {
      if (!std::exchange(failing, true))
        base::log::warn("http.accept_failed", "server={} error={}", context.options.name,
                        base::log::quoted(ec.message()));
      co_await context.clock.sleep_until(context.clock.now() + kAcceptPause);
      continue;
    }
    failing = false;
    open_session(std::move(socket));
  }
}

void Server::Impl::open_session(tcp::socket socket) {
  connections_total.fetch_add(1, std::memory_order_relaxed);
  std::shared_ptr<asio::ssl::context> session_tls;
  {
    const std::lock_guard lock(tls_mutex);
    session_tls = tls;
  }
  const bool full = registry->serving() >= context.options.max_connections;
  if (full) {
    connections_refused.fetch_add(1, std::memory_order_relaxed);
    if (session_tls || registry->refusing() >= kRefusingMax) return;
  }
  const auto purpose = full ? Session::Purpose::refuse : Session::Purpose::serve;
  auto owned = std::make_unique<Session>(context, std::move(socket), std::move(session_tls), purpose);
  auto& session = *owned;
  const auto id = registry->add(std::move(owned));
  ++open;
  const auto on_end = [this, id](std::exception_ptr error) { on_session_end(id, error); };
  asio::co_spawn(session.executor(), session.run(),
                 asio::bind_cancellation_slot(session.cancellation_slot(), on_end));
}

/// On the session's strand.  The server lives until the notice posted here has run: `open` counts it.
void Server::Impl::on_session_end(SessionId id, const std::exception_ptr& error) {
  if (error && !base::is_cancellation(error)) {
    try {
      std::rethrow_exception(error);
    } catch (const std::exception& e) {
      base::log::error("http.session_failed", "server={} error={}", context.options.name,
                       base::log::quoted(e.what()));
    } catch (...) {
      base::log::error("http.session_failed", "server={} error=unknown", context.options.name);
    }
  }
  registry->remove(id);
  const auto notice = [this] {
    --open;
    changed.notify();
  };
  asio::post(strand, notice);
}

// ---- deadlines

/// Posts `order(session)` to the strand of every session for which `wanted(session)` is true.
template <class Wanted, class Order>
void Server::Impl::tell_sessions(Wanted wanted, Order order) {
  registry->for_each([&](SessionId id, Session& session) {
    if (!wanted(session)) return;
    asio::post(session.executor(), [sessions = registry, id, order] {
      if (auto* found = sessions->find(id)) order(*found);
    });
  });
}

/// A quarter of the shortest timeout: no deadline is noticed later than that.
Duration Server::Impl::sweep_interval() const {
  const auto& o = context.options;
  const auto shortest = std::min({o.head_timeout, o.body_timeout, o.idle_timeout, o.write_timeout});
  return std::clamp(shortest / 4, kSweepShortest, kSweepLongest);
}

/// One timer for all connections: their deadlines are looked at, not armed.
asio::awaitable<void> Server::Impl::watch_deadlines() {
  for (;;) {
    co_await context.clock.sleep_until(context.clock.now() + sweep_interval());
    const auto now = context.clock.now();
    tell_sessions([now](const Session& session) { return session.deadline() <= now; },
                  [](Session& session) { session.expire(); });
  }
}

// ---- stopping

void Server::Impl::begin_drain() {
  error_code ignored;
  acceptor.close(ignored);
  tell_sessions([](const Session&) { return true; }, [](Session& session) { session.drain(); });
}

asio::awaitable<void> Server::Impl::wait_until_closed() {
  while (open != 0) co_await changed.wait();
}

asio::awaitable<void> Server::Impl::stop(TimePoint deadline) {
  begin_drain();
  const bool closed = co_await base::with_deadline(wait_until_closed(), context.clock, deadline);
  if (!closed) {
    tell_sessions([](const Session&) { return true; }, [](Session& session) { session.kill(); });
    co_await wait_until_closed();
  }
  background.cancel();
  co_await background.join();
}

Server::Server(asio::any_io_executor executor, base::Placement& connections, Clock& clock, ServerOptions options,
               Handler& handler)
    : impl_(std::make_unique<Impl>(std::move(executor), connections, clock, std::move(options), handler)) {}

Server::~Server() { assert(impl_->open == 0 && "stop() the server before destroying it"); }

Status Server::listen() { return impl_->listen(); }

std::uint16_t Server::port() const { return impl_->port; }

void Server::drain() {
  impl_->context.draining = true;
  asio::post(impl_->strand, [impl = impl_.get()] { impl->begin_drain(); });
}

asio::awaitable<void> Server::stop(TimePoint deadline) {
  impl_->context.draining = true;
  if (!impl_->listening) co_return;
  co_await asio::co_spawn(impl_->strand, impl_->stop(deadline), asio::use_awaitable);
}

Status Server::reload_tls() { return impl_->load_tls(); }

ServerStats Server::stats() const {
  ServerStats stats;
  stats.connections_open = impl_->registry->serving();
  stats.connections_total = impl_->connections_total.load(std::memory_order_relaxed);
  stats.connections_refused = impl_->connections_refused.load(std::memory_order_relaxed);
  stats.requests = impl_->context.requests.load(std::memory_order_relaxed);
  stats.in_progress = impl_->context.in_progress.load(std::memory_order_relaxed);
  stats.faults = impl_->context.faults.load(std::memory_order_relaxed);
  return stats;
}

}  // namespace signalbox::http
