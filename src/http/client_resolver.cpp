#include "http/client_resolver.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstring>
#include <mutex>
#include <optional>

namespace signalbox::http {
namespace {

namespace asio = boost::asio;
using Addresses = std::vector<asio::ip::address>;

// Of one attempt at one name server, and how many attempts: a dead name server holds a thread for seconds, not for
// half a minute.
constexpr int kServerTimeoutSeconds = 2;
constexpr int kServerAttempts = 2;

std::optional<asio::ip::address> to_address(const sockaddr& from) {
  if (from.sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &from, sizeof v4);
    return asio::ip::address_v4(ntohl(v4.sin_addr.s_addr));
  }
  if (from.sa_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &from, sizeof v6);
    asio::ip::address_v6::bytes_type bytes;
    std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
    return asio::ip::address_v6(bytes, v6.sin6_scope_id);
  }
  return std::nullopt;
}

void shorten_timeouts_of_this_thread() {
  if (res_init() != 0) return;
  _res.retrans = kServerTimeoutSeconds;
  _res.retry = kServerAttempts;
}

Result<Addresses> look_up(const std::string& host) {
  thread_local const bool prepared = (shorten_timeouts_of_this_thread(), true);
  static_cast<void>(prepared);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int fault = ::getaddrinfo(host.c_str(), nullptr, &hints, &found); fault != 0)
    return Error(Errc::network, "resolve " + host + ": " + ::gai_strerror(fault));
  Addresses addresses;
  for (const auto* one = found; one && addresses.size() < Resolver::kAddresses; one = one->ai_next) {
    const auto a = to_address(*one->ai_addr);
    if (a && std::find(addresses.begin(), addresses.end(), *a) == addresses.end()) addresses.push_back(*a);
  }
  ::freeaddrinfo(found);
  if (addresses.empty()) return Error(Errc::network, "resolve " + host + ": no address");
  return addresses;
}

// Shared by the thread that looks up and the coroutine that waits, which may have given up; touched on the
// coroutine's executor only.
struct Lookup {
  explicit Lookup(const asio::any_io_executor& executor) : done(executor) {}
  asio::steady_timer done;  // expires at the deadline; cancelled when `result` is there
  std::optional<Result<Addresses>> result;
};

}  // namespace

struct Resolver::Lazy {
  std::once_flag started;
  std::optional<asio::thread_pool> threads;
};

Resolver::Resolver(std::size_t threads) : thread_count_(threads), lazy_(std::make_unique<Lazy>()) {}

Resolver::~Resolver() {
  if (!lazy_->threads) return;
  lazy_->threads->stop();
  lazy_->threads->join();
}

asio::awaitable<Result<Addresses>> Resolver::resolve(std::string host, Clock& clock, TimePoint deadline) {
  boost::system::error_code not_numeric;
  const auto numeric = asio::ip::make_address(host, not_numeric);
  if (!not_numeric) co_return Addresses(1, numeric);

  std::call_once(lazy_->started, [this] { lazy_->threads.emplace(thread_count_); });
  const auto executor = co_await asio::this_coro::executor;
  const auto lookup = std::make_shared<Lookup>(executor);
  lookup->done.expires_after(deadline - clock.now());
  auto job = [lookup, host, executor] {
    auto result = look_up(host);
    auto deliver = [lookup, result = std::move(result)]() mutable {
      lookup->result = std::move(result);
      lookup->done.cancel();
    };
    asio::post(executor, std::move(deliver));
  };
  asio::post(*lazy_->threads, std::move(job));

  const auto [ec] = co_await lookup->done.async_wait(asio::as_tuple(asio::use_awaitable));
  if (lookup->result) co_return std::move(*lookup->result);
  if (ec) throw boost::system::system_error(asio::error::operation_aborted);
  co_return Error(Errc::timed_out, "resolve " + host + ": timed out");
}

}  // namespace signalbox::http
