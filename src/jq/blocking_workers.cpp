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

Result<Results> BlockingWorkers::run(std::string_view text, std::string_view json) {
  return wait_for(io_, workers_.run(text, json, TimePoint::max()));
}

std::vector<Result<Program>> BlockingWorkers::compile_all(const std::vector<std::string>& texts) {
  std::vector<Result<Program>> programs(texts.size());
  std::size_t left = texts.size();
  for (std::size_t i = 0; i < texts.size(); ++i) {
    auto keep = [&programs, &left, i](std::exception_ptr error, Result<Program> program) {
      if (error) std::rethrow_exception(error);
      programs[i] = std::move(program);
      --left;
    };
    boost::asio::co_spawn(io_, workers_.compile(texts[i]), std::move(keep));
  }
  io_.restart();
  while (left > 0 && io_.run_one() > 0) {
  }
  return programs;
}

}  // namespace signalbox::jq
