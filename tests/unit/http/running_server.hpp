#pragma once
#include <gtest/gtest.h>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/placement.hpp"
#include "base/system_clock.hpp"
#include "http/server.hpp"

namespace signalbox::http::test {

/// Answers by the functions a test sets before the first request; otherwise 200 with the body it was sent,
/// and faults with their detail.  Remembers the targets it was asked for.
class ScriptedHandler final : public Handler {
 public:
  std::function<Admission(const RequestHead&)> admit;
  std::function<boost::asio::awaitable<Response>(Request&)> respond;
  std::uint64_t body_limit = 1 << 20;

  Admission on_head(const RequestHead& head) override {
    return admit ? admit(head) : Admission::admit(body_limit);
  }
  boost::asio::awaitable<Response> on_request(Request& request) override {
    remember(request.target);
    if (respond) return respond(request);
    return echo(request);
  }
  Response on_fault(unsigned status, std::string_view detail) override {
    Response response;
    response.status = status;
    response.body = detail;
    return response;
  }

  std::vector<std::string> targets() const {
    const std::lock_guard lock(mutex_);
    return targets_;
  }

 private:
  static boost::asio::awaitable<Response> echo(Request& request) {
    Response response;
    response.body = std::move(request.body);
    co_return response;
  }
  void remember(std::string_view target) {
    const std::lock_guard lock(mutex_);
    targets_.emplace_back(target);
  }

  mutable std::mutex mutex_;
  std::vector<std::string> targets_;
};

/// A server on a free port with two I/O threads, stopped at the end.  Set `handler` and `options`, then
/// start().
class RunningServer {
 public:
  RunningServer() { options.name = "test"; }
  ~RunningServer() {
    if (server_) stop(std::chrono::milliseconds(0));
    work_.reset();
    for (auto& thread : threads_) thread.join();
  }

  ScriptedHandler handler;
  ServerOptions options;

  /// What listen() said.
  Status start() {
    server_.emplace(io_.get_executor(), strands_, clock_, options, handler);
    auto status = server_->listen();
    for (int i = 0; i < 2; ++i) threads_.emplace_back([this] { io_.run(); });
    return status;
  }
  Server& server() { return *server_; }
  std::uint16_t port() const { return server_->port(); }
  boost::asio::io_context& io() { return io_; }

  void stop(Duration patience) {
    boost::asio::co_spawn(io_, server_->stop(clock_.now() + patience), boost::asio::use_future).get();
  }

 private:
  base::SystemClock clock_;
  boost::asio::io_context io_{2};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_ = make_work_guard(io_);
  base::StrandPlacement strands_{io_.get_executor()};
  std::optional<Server> server_;
  std::vector<std::thread> threads_;
};

}  // namespace signalbox::http::test
