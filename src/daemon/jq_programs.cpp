#include "daemon/jq_programs.hpp"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

namespace signalbox::daemon {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kWorkersMost = 4;  // unless more are asked for
/// Whoever waits gives up at the deadline; a little before it, there is an answer that says why.
constexpr Duration kToAnswer = 20ms;

}  // namespace

jq::WorkersOptions jq_options(const config::Jq& settings) {
  const std::size_t cores = std::max(1u, std::thread::hardware_concurrency());
  jq::WorkersOptions options;
  options.workers = settings.workers != 0 ? settings.workers : std::min(cores, kWorkersMost);
  options.each.time_limit = settings.time_limit;
  options.each.memory_bytes = settings.memory.value;
  return options;
}

Error named_jq(Error error) {
  if (error.message.find("jq") == std::string::npos) error.message.insert(0, "jq: ");
  return error;
}

boost::asio::awaitable<Result<std::vector<std::string>>> JqPrograms::run(std::string_view program,
                                                                         std::string_view input,
                                                                         TimePoint deadline) {
  auto results = co_await workers_.run(program, input, deadline - kToAnswer);
  if (!results) co_return named_jq(results.error());
  co_return results;
}

}  // namespace signalbox::daemon
