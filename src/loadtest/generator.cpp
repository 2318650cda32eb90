#include "loadtest/generator.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <deque>
#include <ostream>
#include <random>
#include <utility>
#include <vector>

#include "loadtest/event_token.hpp"
#include "loadtest/http_frame.hpp"
#include "loadtest/monotonic.hpp"
#include "loadtest/outcome_log.hpp"
#include "loadtest/poller.hpp"
#include "loadtest/socket.hpp"

namespace signalbox::loadtest {
namespace {

constexpr std::uint64_t kMillisecond = 1'000'000;
constexpr std::uint64_t kFirstBackoffNs = 5 * kMillisecond;
constexpr std::uint64_t kMaxBackoffNs = 200 * kMillisecond;
constexpr std::uint64_t kRefusedPauseNs = 100 * kMillisecond;
constexpr std::uint64_t kHousekeepingNs =
    5 * kMillisecond;  // how late a reconnect or a timeout may be noticed
constexpr std::uint64_t kIdleWaitNs = 50 * kMillisecond;
constexpr std::size_t kMaxDue = 1'000'000;  // due requests remembered while the server stalls
constexpr std::uint64_t kNever = ~std::uint64_t{0};

/// A request and, while it is in flight, what is known of it.
struct Request {
  std::uint64_t sequence = 0;
  std::uint64_t due_ns = 0;
};

struct Connection {
  enum class State { down, connecting, idle, paused, busy };
  State state = State::down;
  Descriptor socket;
  std::string out, in;
  std::size_t out_sent = 0;
  bool watches_writes = false;
  Request request;             // while busy
  std::uint64_t until_ns = 0;  // down, paused: when to go on; connecting, busy: when to give up
  std::uint64_t backoff_ns = kFirstBackoffNs;
};

std::string request_head(const GeneratorOptions& options) {
  auto head = fmt::format("POST {} HTTP/1.1\r\nHost: {}:{}\r\n", options.path, options.host, options.port);
  if (!options.bearer_token.empty())
    head += fmt::format("Authorization: Bearer {}\r\n", options.bearer_token.reveal());
  return head;
}

}  // namespace

struct Generator::Impl {
  Impl(GeneratorOptions given, SocketAddress to, std::optional<OutcomeLog> log)
      : options(std::move(given)),
        server(to),
        requests(options.payload, request_head(options)),
        outcomes(std::move(log)),
        next_sequence(options.first_sequence),
        connections(std::max<std::size_t>(1, options.connections)) {
    result.run = options.run ? *options.run : std::random_device()();
    result.request_bytes = requests.request_bytes();
  }

  void run() {
    begin();
    while (!finished()) {
      const auto now = monotonic_ns();
      if (now >= next_housekeeping_ns) look_after_connections(now);
      collect_due(now);
      send_what_is_due();
      for (const auto& event : poller.wait(time_to_wait())) on_ready(event);
    }
    abandon_what_is_left();
    if (outcomes) outcomes->flush();
  }

  // --- when to send
  // ---------------------------------------------------------------------------------------------

  void begin() {
    start_ns = monotonic_ns();
    measure_from_ns = start_ns + to_ns(options.warmup);
    if (options.duration) end_ns = start_ns + to_ns(*options.duration);
    if (options.events) last_sequence = options.first_sequence + *options.events;
    const auto per_request = static_cast<double>(requests.events_per_request());
    if (options.events_per_second > 0) interval_ns = 1e9 * per_request / options.events_per_second;
    next_due_ns = static_cast<double>(start_ns);
    look_after_connections(start_ns);
  }

  /// Nothing new falls due any more.
  bool closed_for_new(std::uint64_t now) const {
    return stopping.load(std::memory_order_relaxed) || now >= end_ns || next_sequence >= last_sequence;
  }

  bool finished() {
    const auto now = monotonic_ns();
    if (!closed_for_new(now)) return false;
    if (in_flight == 0 && again.empty()) return true;
    if (progress_ns == 0) progress_ns = now;
    return now - progress_ns >= to_ns(options.answer_timeout);
  }

  void collect_due(std::uint64_t now) {
    if (interval_ns <= 0) return;
    while (next_due_ns <= static_cast<double>(now) && !closed_for_new(now)) {
      if (due.size() < kMaxDue) {
        due.push_back(static_cast<std::uint64_t>(next_due_ns));
      } else {
        ++result.late;
      }
      next_due_ns += interval_ns;
    }
    if (closed_for_new(now)) due.clear();
  }

  /// The next request to send, taken off its queue.
  std::optional<Request> take_request() {
    if (!again.empty()) {
      auto request = again.front();
      again.pop_front();
      return request;
    }
    const auto now = monotonic_ns();
    if (closed_for_new(now)) return std::nullopt;
    auto due_ns = now;
    if (interval_ns > 0) {
      if (due.empty()) return std::nullopt;
      due_ns = due.front();
      due.pop_front();
    }
    const Request request{next_sequence, due_ns};
    next_sequence += requests.events_per_request();
    result.sent += requests.events_per_request();
    return request;
  }

  void send_what_is_due() {
    while (!idle.empty()) {
      auto* connection = idle.front();
      const auto request = take_request();
      if (!request) return;
      idle.pop_front();
      send(*connection, *request);
    }
  }

  std::uint64_t time_to_wait() const {
    auto wait = connections_waiting > 0 ? kHousekeepingNs : kIdleWaitNs;
    if (interval_ns > 0 && !idle.empty()) {
      const auto left = next_due_ns - static_cast<double>(monotonic_ns());
      wait = std::min(wait, left > 0 ? static_cast<std::uint64_t>(left) : 0);
    }
    return wait;
  }

  // --- connections
  // ----------------------------------------------------------------------------------------------

  /// Reconnects, resumes and gives up what is due.
  void look_after_connections(std::uint64_t now) {
    connections_waiting = 0;
    for (auto& connection : connections) {
      if (connection.until_ns <= now) on_time_over(connection, now);
      if (connection.state == Connection::State::down || connection.state == Connection::State::paused) {
        ++connections_waiting;
      }
    }
    next_housekeeping_ns = now + kHousekeepingNs;
  }

  void on_time_over(Connection& connection, std::uint64_t now) {
    switch (connection.state) {
      case Connection::State::down:
        connect(connection, now);
        break;
      case Connection::State::connecting:
        connect_failed(connection, now);
        break;
      case Connection::State::paused:
        make_idle(connection);
        break;
      case Connection::State::busy:
        lose(connection);
        break;
      case Connection::State::idle:
        break;
    }
  }

  void connect(Connection& connection, std::uint64_t now) {
    connection.socket = begin_connect(server);
    if (!connection.socket.open()) return connect_failed(connection, now);
    poller.add(connection.socket, &connection, Poller::Interest::read_and_write);
    connection.state = Connection::State::connecting;
    connection.until_ns = now + to_ns(options.answer_timeout);
  }

  void connect_failed(Connection& connection, std::uint64_t now) {
    ++result.connect_failures;
    close(connection, now);
  }

  void close(Connection& connection, std::uint64_t now) {
    connection.socket.reset();
    connection.in.clear();
    connection.out.clear();
    connection.out_sent = 0;
    connection.watches_writes = false;
    connection.state = Connection::State::down;
    connection.until_ns = now + connection.backoff_ns;
    connection.backoff_ns = std::min(connection.backoff_ns * 2, kMaxBackoffNs);
    ++connections_waiting;
  }

  void make_idle(Connection& connection) {
    connection.state = Connection::State::idle;
    connection.until_ns = kNever;
    idle.push_back(&connection);
  }

  /// The connection broke or was given up.
  void lose(Connection& connection) {
    const auto now = monotonic_ns();
    if (connection.state == Connection::State::busy) {
      --in_flight;
      settle(connection.request, RequestOutcome::Kind::unknown, 0, now);
    }
    if (connection.state == Connection::State::idle) std::erase(idle, &connection);
    close(connection, now);
  }

  void on_ready(const epoll_event& event) {
    auto& connection = *static_cast<Connection*>(event.data.ptr);
    if (connection.state == Connection::State::connecting) return finish_connect(connection);
    if ((event.events & EPOLLOUT) != 0) write_out(connection);
    if ((event.events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) read_in(connection);
  }

  void finish_connect(Connection& connection) {
    if (!connected(connection.socket)) return connect_failed(connection, monotonic_ns());
    poller.change(connection.socket, &connection, Poller::Interest::read);
    make_idle(connection);
  }

  // --- requests and answers
  // -------------------------------------------------------------------------------------

  void send(Connection& connection, const Request& request) {
    connection.request = request;
    connection.state = Connection::State::busy;
    connection.until_ns = monotonic_ns() + to_ns(options.answer_timeout);
    requests.append_to(connection.out, result.run, request.sequence, request.due_ns);
    ++in_flight;
    ++result.requests;
    write_out(connection);
  }

  void write_out(Connection& connection) {
    while (connection.out_sent < connection.out.size()) {
      const auto* rest = connection.out.data() + connection.out_sent;
      const auto sent =
          ::send(connection.socket.get(), rest, connection.out.size() - connection.out_sent, MSG_NOSIGNAL);
      if (sent < 0 && errno == EAGAIN) {
        return watch_writes(connection, true);
      }
      if (sent <= 0) return lose(connection);
      connection.out_sent += static_cast<std::size_t>(sent);
    }
    watch_writes(connection, false);
    connection.out.clear();
    connection.out_sent = 0;
  }

  void watch_writes(Connection& connection, bool on) {
    if (connection.watches_writes == on) return;
    connection.watches_writes = on;
    const auto interest = on ? Poller::Interest::read_and_write : Poller::Interest::read;
    poller.change(connection.socket, &connection, interest);
  }

  void read_in(Connection& connection) {
    std::array<char, 16 * 1024> buffer;
    if (!connection.socket.open()) return;
    const auto got = ::recv(connection.socket.get(), buffer.data(), buffer.size(), 0);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) return lose(connection);
    connection.in.append(buffer.data(), static_cast<std::size_t>(got));
    read_answer(connection);
  }

  void read_answer(Connection& connection) {
    auto frame = read_frame(connection.in, HttpFrameKind::response);
    while (frame.state == HttpFrame::State::complete && frame.status() < 200) {  // 100 Continue and the like
      connection.in.erase(0, frame.length);
      frame = read_frame(connection.in, HttpFrameKind::response);
    }
    if (frame.state == HttpFrame::State::incomplete && !connection.in.empty()) return;
    if (connection.in.empty()) return;
    const bool asked = connection.state == Connection::State::busy;
    if (frame.state == HttpFrame::State::malformed || !asked) return lose(connection);
    answered(connection, frame);
  }

  void answered(Connection& connection, const HttpFrame& frame) {
    const auto now = monotonic_ns();
    const auto status = frame.status();
    const bool taken = status >= 200 && status < 300;
    const bool reusable = !frame.close && frame.length == connection.in.size();
    --in_flight;
    ++result.statuses[status];
    settle(connection.request, taken ? RequestOutcome::Kind::acknowledged : RequestOutcome::Kind::refused,
           status, now);
    connection.backoff_ns = kFirstBackoffNs;
    connection.in.clear();
    if (!reusable) return close(connection, now);
    if (status != 429 && status != 503) return make_idle(connection);
    connection.state = Connection::State::paused;
    connection.until_ns = now + kRefusedPauseNs;
    ++connections_waiting;
  }

  void settle(const Request& request, RequestOutcome::Kind kind, unsigned status, std::uint64_t now) {
    const auto count = requests.events_per_request();
    if (outcomes) {
      outcomes->append(
          RequestOutcome{kind, result.run, request.sequence, count, status, request.due_ns, now});
    }
    result.elapsed = std::chrono::nanoseconds(now - start_ns);
    if (kind == RequestOutcome::Kind::acknowledged) {
      result.acknowledged += count;
      acknowledged.store(result.acknowledged, std::memory_order_relaxed);
      progress_ns = 0;
      if (request.due_ns >= measure_from_ns) result.latency.record(now - request.due_ns);
      return;
    }
    if (options.resend == GeneratorOptions::Resend::until_acknowledged) {
      again.push_back(request);
      return;
    }
    (kind == RequestOutcome::Kind::refused ? result.refused : result.unknown) += count;
  }

  void abandon_what_is_left() {
    const auto now = monotonic_ns();
    options.resend = GeneratorOptions::Resend::never;
    for (auto& connection : connections) {
      if (connection.state == Connection::State::busy)
        settle(connection.request, RequestOutcome::Kind::unknown, 0, now);
    }
    result.unknown += again.size() * requests.events_per_request();  // each has its line in the log already
  }

  GeneratorOptions options;
  SocketAddress server;
  RequestTemplate requests;
  std::optional<OutcomeLog> outcomes;
  GeneratorResult result;

  std::uint64_t start_ns = 0, measure_from_ns = 0, end_ns = kNever;
  std::uint64_t progress_ns = 0;  // since when nothing has been acknowledged, once nothing new is sent
  std::uint64_t next_sequence, last_sequence = EventToken::kMaxSequence;
  double interval_ns = 0, next_due_ns = 0;
  std::deque<std::uint64_t> due;  // open loop: due times of requests not sent yet
  std::deque<Request> again;      // to be sent again

  Poller poller;
  std::vector<Connection> connections;
  std::deque<Connection*> idle;
  std::size_t in_flight = 0;
  std::size_t connections_waiting = 0;  // down or paused, as of the last look; only ever too high
  std::uint64_t next_housekeeping_ns = 0;

  std::atomic<bool> stopping = false;
  std::atomic<std::uint64_t> acknowledged = 0;
};

Generator::Generator(std::unique_ptr<Impl> impl)
    : impl_(std::move(impl)), thread_([this] { impl_->run(); }) {}

Generator::~Generator() {
  stop();
  wait();
}

Result<std::unique_ptr<Generator>> Generator::start(GeneratorOptions options) {
  auto server = resolve(options.host, options.port);
  if (!server) return server.error();
  std::optional<OutcomeLog> outcomes;
  if (!options.outcome_file.empty()) {
    auto log = OutcomeLog::create(options.outcome_file);
    if (!log) return log.error();
    outcomes = std::move(*log);
  }
  auto impl = std::make_unique<Impl>(std::move(options), *server, std::move(outcomes));
  return std::unique_ptr<Generator>(new Generator(std::move(impl)));
}

void Generator::stop() {
  impl_->stopping = true;
  impl_->poller.wake();
}

const GeneratorResult& Generator::wait() {
  if (thread_.joinable()) thread_.join();
  return impl_->result;
}

std::uint64_t Generator::acknowledged() const { return impl_->acknowledged.load(std::memory_order_relaxed); }

double GeneratorResult::events_per_second() const {
  const auto seconds = std::chrono::duration<double>(elapsed).count();
  return seconds > 0 ? static_cast<double>(acknowledged) / seconds : 0;
}

void write_json(std::ostream& out, const GeneratorResult& result) {
  const auto us = [&result](double q) { return static_cast<double>(result.latency.quantile(q)) / 1e3; };
  std::string statuses;
  for (const auto& [status, count] : result.statuses) {
    statuses += fmt::format("{}\"{}\":{}", statuses.empty() ? "" : ",", status, count);
  }
  out << fmt::format(
             R"({{"run":"{:08x}","requests":{},"sent":{},"acknowledged":{},"refused":{},"unknown":{},"connect_failures":{},)"
             R"("late":{},"statuses":{{{}}},"seconds":{:.3f},"events_per_second":{:.0f},"p50_us":{:.1f},"p90_us":{:.1f},)"
             R"("p99_us":{:.1f},"p999_us":{:.1f},"max_us":{:.1f},"request_bytes":{}}})",
             result.run, result.requests, result.sent, result.acknowledged, result.refused, result.unknown,
             result.connect_failures, result.late, statuses,
             std::chrono::duration<double>(result.elapsed).count(), result.events_per_second(), us(0.5),
             us(0.9), us(0.99), us(0.999), static_cast<double>(result.latency.max()) / 1e3,
             result.request_bytes)
      << '\n';
}

}  // namespace signalbox::loadtest
