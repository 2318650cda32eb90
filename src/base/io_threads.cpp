#include "base/io_threads.hpp"

#include <algorithm>
#include <exception>
#include <thread>

#include "base/log.hpp"

namespace signalbox::base {

IoThreads::IoThreads(std::size_t carriers) {
  for (std::size_t i = 0; i < std::max<std::size_t>(1, carriers) + 1; ++i) loops_.push_back(std::make_unique<Loop>());
}

IoThreads::~IoThreads() = default;

boost::asio::any_io_executor IoThreads::place() {
  const auto carriers = loops_.size() - 1;
  return loops_[1 + placed_.fetch_add(1, std::memory_order_relaxed) % carriers]->io.get_executor();
}

void IoThreads::run() {
  std::vector<std::jthread> carriers;
  for (std::size_t i = 1; i < loops_.size(); ++i) carriers.emplace_back([&io = loops_[i]->io] { run(io); });
  run(loops_.front()->io);
}

void IoThreads::end() {
  for (auto& loop : loops_) loop->busy.reset();
}

/// An exception that reaches an event loop is a bug of ours, but no reason to stop serving everybody.
void IoThreads::run(boost::asio::io_context& io) {
  for (;;) {
    try {
      io.run();
      return;
    } catch (const std::exception& error) {
      log::error("daemon.exception", "error={}", log::quoted(error.what()));
    }
  }
}

}  // namespace signalbox::base
