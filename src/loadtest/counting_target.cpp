#include "loadtest/counting_target.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <deque>
#include <list>
#include <mutex>
#include <ostream>
#include <sstream>
#include <utility>
#include <vector>

#include "loadtest/delivery_count.hpp"
#include "loadtest/delivery_log.hpp"
#include "loadtest/event_token.hpp"
#include "loadtest/http_frame.hpp"
#include "loadtest/monotonic.hpp"
#include "loadtest/payload.hpp"
#include "loadtest/poller.hpp"
#include "loadtest/socket.hpp"

namespace signalbox::loadtest {
namespace {

constexpr std::uint64_t kLookAroundNs = 200'000'000;
constexpr std::size_t kMaxRequestBytes = 64 << 20;  // past it the connection is closed

struct ClientLink {
  Descriptor socket;
  std::string in, out;
  bool watches_writes = false;
  std::uint64_t number = 0;  // by which a delayed answer finds it, if it is still there
  std::list<ClientLink>::iterator self;
};

/// An answer that is held back.
struct DelayedAnswer {
  std::uint64_t at_ns = 0;
  std::uint64_t connection = 0;  // its number
  std::string text;
};

struct Verdict {
  unsigned status = 204;
  bool on_purpose = false;  // failed because it was told to
};

std::string answer_text(unsigned status, std::string_view extra_headers) {
  if (status == 204) return fmt::format("HTTP/1.1 204 No Content\r\n{}\r\n", extra_headers);
  return fmt::format("HTTP/1.1 {} Answer\r\nContent-Length: 0\r\n{}\r\n", status, extra_headers);
}

std::string_view path_of(std::string_view start_line) {
  const auto begin = std::min(start_line.find(' '), start_line.size() - 1) + 1;
  return start_line.substr(begin, start_line.find_first_of(" ?", begin) - begin);
}

unsigned attempt_of(const HttpFrame& frame) {
  const auto text = frame.header("signalbox-attempt");
  unsigned attempt = 0;
  std::from_chars(text.data(), text.data() + text.size(), attempt);
  return attempt;
}

bool is_success(unsigned status) { return status >= 200 && status < 300; }

void add(PathStats& sum, const PathStats& more) {
  sum.requests += more.requests;
  sum.delivered += more.delivered;
  sum.unique += more.unique;
  sum.failed_on_purpose += more.failed_on_purpose;
  sum.untagged += more.untagged;
}

std::string json_of(const PathStats& stats) {
  return fmt::format(
      R"("requests":{},"delivered":{},"unique":{},"duplicates":{},"failed_on_purpose":{},"untagged":{})",
      stats.requests, stats.delivered, stats.unique, stats.duplicates(), stats.failed_on_purpose,
      stats.untagged);
}

/// As a JSON string; a path has no control characters, for a request line cannot.
std::string quoted(std::string_view path) {
  std::string text = "\"";
  for (const char c : path) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return text + '"';
}

}  // namespace

struct CountingTarget::Impl {
  Impl(TargetOptions given, Descriptor at, std::optional<DeliveryLog> log)
      : options(std::move(given)), listener(std::move(at)), deliveries(std::move(log)) {
    poller.add(listener, &listener, Poller::Interest::read);
  }

  void run() {
    while (!stopping.load(std::memory_order_relaxed)) {
      const auto events = poller.wait(time_to_wait());
      // Uncontended but for readers of the figures: taken once a round, not once an event.
      const std::lock_guard lock(mutex);
      for (const auto& event : events) on_ready(event);
      release_delayed(monotonic_ns());
      closed.clear();
    }
  }

  std::uint64_t time_to_wait() const {
    if (delayed.empty()) return kLookAroundNs;
    const auto now = monotonic_ns(), due = delayed.front().at_ns;
    return std::min(kLookAroundNs, due > now ? due - now : 0);
  }

  // --- connections
  // ----------------------------------------------------------------------------------------------

  void on_ready(const epoll_event& event) {
    if (event.data.ptr == &listener) return accept_all();
    auto& connection = *static_cast<ClientLink*>(event.data.ptr);
    if (!connection.socket.open()) return;
    if ((event.events & EPOLLOUT) != 0) write_out(connection);
    if (connection.socket.open() && (event.events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0)
      read_in(connection);
  }

  void accept_all() {
    for (;;) {
      Descriptor socket(::accept4(listener.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
      if (!socket.open()) return;
      set_no_delay(socket);
      auto& connection = connections.emplace_back();
      connection.self = std::prev(connections.end());
      connection.number = ++accepted;
      connection.socket = std::move(socket);
      poller.add(connection.socket, &connection, Poller::Interest::read);
    }
  }

  /// The object lives on until this round's events have been looked at.
  void drop(ClientLink& connection) {
    if (!connection.in.empty()) ++torn;
    connection.socket.reset();
    closed.splice(closed.end(), connections, connection.self);
  }

  void read_in(ClientLink& connection) {
    const auto got = ::recv(connection.socket.get(), buffer.data(), buffer.size(), 0);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) return drop(connection);
    const std::string_view fresh(buffer.data(), static_cast<std::size_t>(got));
    // A request that came in one piece is read where it lies.
    const bool whole = connection.in.empty();
    if (!whole) connection.in.append(fresh);
    const auto used = serve(connection, whole ? fresh : std::string_view(connection.in));
    if (whole) {
      connection.in.assign(fresh.substr(used));
    } else {
      connection.in.erase(0, used);
    }
    if (refused || connection.in.size() > kMaxRequestBytes) return drop(connection);
    if (!connection.out.empty()) write_out(connection);
  }

  /// Answers the requests that are complete; returns how many bytes they were.
  std::size_t serve(ClientLink& connection, std::string_view in) {
    refused = false;
    std::size_t used = 0;
    while (used < in.size()) {
      const auto frame = read_frame(in.substr(used), HttpFrameKind::request);
      refused = frame.state == HttpFrame::State::malformed;
      if (frame.state != HttpFrame::State::complete) break;
      handle(connection, frame);
      used += frame.length;
    }
    return used;
  }

  void write_out(ClientLink& connection) {
    while (!connection.out.empty()) {
      const auto sent =
          ::send(connection.socket.get(), connection.out.data(), connection.out.size(), MSG_NOSIGNAL);
      if (sent < 0 && errno == EAGAIN) return watch_writes(connection, true);
      if (sent <= 0) return drop(connection);
      connection.out.erase(0, static_cast<std::size_t>(sent));
    }
    watch_writes(connection, false);
  }

  void watch_writes(ClientLink& connection, bool on) {
    if (connection.watches_writes == on) return;
    connection.watches_writes = on;
    poller.change(connection.socket, &connection,
                  on ? Poller::Interest::read_and_write : Poller::Interest::read);
  }

  void release_delayed(std::uint64_t now) {
    for (; !delayed.empty() && delayed.front().at_ns <= now; delayed.pop_front()) {
      auto& answer = delayed.front();
      const auto is_its = [&answer](const ClientLink& one) { return one.number == answer.connection; };
      const auto found = std::find_if(connections.begin(), connections.end(), is_its);
      if (found == connections.end()) continue;  // closed meanwhile
      found->out += answer.text;
      write_out(*found);
    }
  }

  // --- requests
  // -------------------------------------------------------------------------------------------------

  void handle(ClientLink& connection, const HttpFrame& frame) {
    if (frame.start_line.starts_with("GET /stats ")) return answer_stats(connection);
    if (frame.start_line.starts_with("POST /reset ")) {
      forget();
      connection.out += answer_text(204, "");
      return;
    }
    const auto now = monotonic_ns();
    auto& path = count_of(path_of(frame.start_line));
    ++path.stats.requests;
    find_tokens(frame);
    if (tokens.empty()) ++path.stats.untagged;
    const auto verdict = decide(path);
    count(path, verdict, now);
    if (deliveries) log(frame, verdict, now);
    if (!options.behaviour.hang) answer(connection, verdict, now);
  }

  void find_tokens(const HttpFrame& frame) {
    tokens.clear();
    if (const auto token = EventToken::parse(frame.header("ce-id"))) {
      tokens.push_back(*token);
      return;
    }
    const auto body = frame.chunked ? decoded_body(frame) : std::string();
    TokenScanner scanner(frame.chunked ? std::string_view(body) : frame.body);
    while (const auto token = scanner.next()) tokens.push_back(*token);
  }

  Verdict decide(PathCount& path) {
    const auto& behaviour = options.behaviour;
    const Verdict failure{behaviour.fail_status, true};
    ++requests;
    unsigned fewest_attempts = ~0u;
    for (const auto& token : tokens) fewest_attempts = std::min(fewest_attempts, path.count_attempt(token));
    if (behaviour.hang) return Verdict{0, false};
    if (behaviour.fail_every > 0 && requests % behaviour.fail_every == 0) return failure;
    if (!tokens.empty() && fewest_attempts <= behaviour.fail_first) return failure;
    return Verdict{behaviour.status, false};
  }

  void count(PathCount& path, Verdict verdict, std::uint64_t now) {
    if (verdict.on_purpose) path.stats.failed_on_purpose += tokens.size();
    if (!is_success(verdict.status)) return;
    for (const auto& token : tokens) {
      if (!path.count_delivery(token)) continue;
      latency.record(now > token.due_ns ? now - token.due_ns : 0);
    }
    if (tokens.empty()) return;
    if (first_ns == 0) first_ns = now;
    last_ns = now;
  }

  void log(const HttpFrame& frame, Verdict verdict, std::uint64_t now) {
    const auto hash = frame.chunked ? body_hash(decoded_body(frame)) : body_hash(frame.body);
    const auto attempt = attempt_of(frame);
    const auto path = path_of(frame.start_line);
    for (const auto& token : tokens)
      deliveries->append(now, verdict.status, attempt, path, token.text(), hash);
    const auto id = frame.header("ce-id");
    if (tokens.empty()) deliveries->append(now, verdict.status, attempt, path, id.empty() ? "-" : id, hash);
  }

  void answer(ClientLink& connection, Verdict verdict, std::uint64_t now) {
    const auto& behaviour = options.behaviour;
    std::string retry_after;
    if (verdict.on_purpose && behaviour.retry_after) {
      retry_after = fmt::format("Retry-After: {}\r\n", behaviour.retry_after->count());
    }
    auto text = answer_text(verdict.status, retry_after);
    if (behaviour.delay.count() == 0) {
      connection.out += text;
      return;
    }
    delayed.push_back(DelayedAnswer{now + to_ns(behaviour.delay), connection.number, std::move(text)});
  }

  void answer_stats(ClientLink& connection) {
    std::ostringstream body;
    write_json(body, collect());
    const auto text = body.str();
    connection.out +=
        fmt::format("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
                    text.size(), text);
  }

  // --- figures
  // --------------------------------------------------------------------------------------------------

  PathCount& count_of(std::string_view path) {
    for (auto& [name, count] : paths) {  // a handful
      if (name == path) return count;
    }
    return paths.emplace_back(std::string(path), PathCount()).second;
  }

  TargetStats collect() const {
    TargetStats stats;
    for (const auto& [name, count] : paths) {
      stats.paths[name] = count.stats;
      add(stats.total, count.stats);
    }
    stats.connections = accepted;
    stats.torn = torn;
    stats.span = std::chrono::nanoseconds(last_ns - first_ns);
    stats.latency = latency;
    return stats;
  }

  void forget() {
    paths.clear();
    latency.clear();
    requests = torn = first_ns = last_ns = 0;
  }

  TargetOptions options;
  Descriptor listener;
  std::optional<DeliveryLog> deliveries;
  Poller poller;
  std::atomic<bool> stopping = false;

  mutable std::mutex mutex;  // all below, and options.behaviour and deliveries
  std::list<ClientLink> connections, closed;
  std::deque<DelayedAnswer> delayed;
  std::deque<std::pair<std::string, PathCount>> paths;
  Histogram latency;
  std::uint64_t accepted = 0, torn = 0, requests = 0, first_ns = 0, last_ns = 0;

  // Scratch of the serving thread.
  std::array<char, 64 * 1024> buffer;
  std::vector<EventToken> tokens;  // of the request at hand
  bool refused = false;            // the last serve() found something malformed
};

CountingTarget::CountingTarget(std::unique_ptr<Impl> impl)
    : impl_(std::move(impl)), thread_([this] { impl_->run(); }) {}

CountingTarget::~CountingTarget() {
  impl_->stopping = true;
  impl_->poller.wake();
  thread_.join();
}

Result<std::unique_ptr<CountingTarget>> CountingTarget::start(TargetOptions options) {
  auto address = resolve(options.host, options.port);
  if (!address) return address.error();
  auto listener = listen_on(*address);
  if (!listener) return listener.error();
  std::optional<DeliveryLog> deliveries;
  if (!options.delivery_file.empty()) {
    auto log = DeliveryLog::create(options.delivery_file);
    if (!log) return log.error();
    deliveries = std::move(*log);
  }
  auto impl = std::make_unique<Impl>(std::move(options), std::move(*listener), std::move(deliveries));
  return std::unique_ptr<CountingTarget>(new CountingTarget(std::move(impl)));
}

std::uint16_t CountingTarget::port() const { return bound_port(impl_->listener); }

TargetStats CountingTarget::stats() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->collect();
}

void CountingTarget::reset() {
  const std::lock_guard lock(impl_->mutex);
  impl_->forget();
}

void CountingTarget::set_behaviour(TargetBehaviour behaviour) {
  const std::lock_guard lock(impl_->mutex);
  impl_->options.behaviour = behaviour;
}

void CountingTarget::flush_deliveries() {
  const std::lock_guard lock(impl_->mutex);
  if (impl_->deliveries) impl_->deliveries->flush();
}

double TargetStats::events_per_second() const {
  const auto seconds = std::chrono::duration<double>(span).count();
  return seconds > 0 ? static_cast<double>(total.unique) / seconds : 0;
}

void write_json(std::ostream& out, const TargetStats& stats) {
  const auto us = [&stats](double q) { return static_cast<double>(stats.latency.quantile(q)) / 1e3; };
  std::string paths;
  for (const auto& [path, figures] : stats.paths) {
    paths += fmt::format("{}{}:{{{}}}", paths.empty() ? "" : ",", quoted(path), json_of(figures));
  }
  out << fmt::format(
             R"({{{},"connections":{},"torn":{},"seconds":{:.3f},"events_per_second":{:.0f},"p50_us":{:.1f},"p90_us":{:.1f},)"
             R"("p99_us":{:.1f},"p999_us":{:.1f},"max_us":{:.1f},"paths":{{{}}}}})",
             json_of(stats.total), stats.connections, stats.torn,
             std::chrono::duration<double>(stats.span).count(), stats.events_per_second(), us(0.5), us(0.9),
             us(0.99), us(0.999), static_cast<double>(stats.latency.max()) / 1e3, paths)
      << '\n';
}

}  // namespace signalbox::loadtest
