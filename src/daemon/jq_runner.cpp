#include "daemon/jq_runner.hpp"

#include <chrono>
#include <utility>

namespace signalbox::daemon {

namespace asio = boost::asio;

std::optional<jq::Program> JqRunner::find(std::string_view text) {
  const std::lock_guard lock(mutex_);
  const auto found = programs_.find(text);
  return found == programs_.end() ? std::nullopt : std::optional(found->second);
}

void JqRunner::keep(const jq::Program& program) {
  const std::lock_guard lock(mutex_);
  if (programs_.size() >= kProgramsMost) programs_.clear();  // of reloads long ago, most of them
  programs_.emplace(program.text(), program);
}

/// Being overloaded says nothing of the event: it waits its turn.
asio::awaitable<Result<std::vector<std::string>>> JqRunner::run(std::string_view program, std::string_view input,
                                                                TimePoint deadline) {
  constexpr auto kLater = std::chrono::milliseconds(20);
  for (;;) {
    auto results = co_await run_once(program, input);
    const bool wait = !results && results.error().code == Errc::overloaded && clock_.now() + kLater < deadline;
    if (!wait) co_return results;
    co_await clock_.sleep_until(clock_.now() + kLater);
  }
}

asio::awaitable<Result<std::vector<std::string>>> JqRunner::run_once(std::string_view program, std::string_view input) {
  auto known = find(program);
  if (!known) {
    std::string text(program);
    auto compiled = co_await workers_.compile(std::move(text));
    if (!compiled) co_return compiled.error();
    keep(*compiled);
    known = std::move(*compiled);
  }
  co_return co_await workers_.run(std::move(*known), input);
}

}  // namespace signalbox::daemon
