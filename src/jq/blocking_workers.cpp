#include "jq/blocking_workers.hpp"

#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <optional>
#include <utility>

namespace signalbox::jq {
namespace {

template <class T>
T wait_for(boost::asio::io_context& io, boost::asio::awaitable<T> task) {
  std::optional<T> result;
  const auto keep = [&result](std::exception_ptr error, T value) {
    if (error) std::rethrow_exception(error);
    result.emplace(std::move(value));
  };
  boost::asio::co_spawn(io, std::move(task), keep);
  io.restart();
  while (!result && io.run_one() > 0) {
  }
  return std::move(*result);
}

}  // namespace

BlockingWorkers::BlockingWorkers(WorkersOptions options)
    : workers_(io_.get_executor(), clock_, std::move(options)) {}

BlockingWorkers::~BlockingWorkers() {
  boost::asio::co_spawn(io_, workers_.close(), [](std::exception_ptr) {});
  io_.restart();
  io_.run();
}

Result<Program> BlockingWorkers::compile(std::string text) {
  return wait_for(io_, workers_.compile(std::move(text)));
}

Result<Results> BlockingWorkers::run(const Program& program, std::string_view json) {
  return wait_for(io_, workers_.run(program, json));
}

}  // namespace signalbox::jq
