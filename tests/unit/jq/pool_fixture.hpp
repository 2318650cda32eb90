#pragma once
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/system_clock.hpp"
#include "jq/workers.hpp"
#include "support/cpu_bound.hpp"
#include "support/run_coroutine.hpp"

namespace signalbox::jq {

/// Short enough for a test to wait for, long enough for a slow machine to compile a program in.
constexpr auto kTestTimeLimit = std::chrono::milliseconds(600);

inline WorkersOptions test_options() {
  WorkersOptions options;
  options.each.executable = JQ_TEST_WORKER;
  options.each.time_limit = kTestTimeLimit * (test::kSanitized ? 5 : 1);
  options.each.memory_bytes = 64 * 1024 * 1024;
  return options;
}

/// A pool that is closed at the end.
class Pool {
 public:
  explicit Pool(WorkersOptions options = test_options())
      : workers(std::make_unique<Workers>(io.get_executor(), clock, std::move(options))) {}
  ~Pool() { close(); }
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  template <class T>
  T wait_for(boost::asio::awaitable<T> task) {
    return test::run_coroutine(io, std::move(task));
  }
  Result<Program> compile(std::string text) { return wait_for(workers->compile(std::move(text))); }
  Program program(std::string text) { return *compile(std::move(text)); }
  Result<Results> run(const Program& program, std::string_view json) {
    return wait_for(workers->run(program, json));
  }
  Result<Results> run(const std::string& text, std::string_view json) { return run(program(text), json); }
  WorkersStatus status() { return wait_for(workers->status()); }
  void close() {
    boost::asio::co_spawn(io, workers->close(), [](std::exception_ptr) {});
    io.restart();
    io.run();
  }

  boost::asio::io_context io;
  base::SystemClock clock;
  std::unique_ptr<Workers> workers;
};

}  // namespace signalbox::jq
