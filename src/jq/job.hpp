#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "jq/program.hpp"
#include "jq/protocol.hpp"
#include "signalbox/error.hpp"

namespace signalbox::jq {

class Worker;

/// One call of a pool of workers: lives with its caller, on the pool's strand.
struct Job {
  Job(boost::asio::any_io_executor executor, RequestKind k, std::shared_ptr<ProgramState> of,
      std::string_view json)
      : kind(k),
        program(std::move(of)),
        input(json),
        done(std::move(executor), boost::asio::steady_timer::time_point::max()) {}

  void finish(Result<Results> result) {
    outcome = std::move(result);
    done.cancel();
  }

  RequestKind kind;
  std::shared_ptr<ProgramState> program;
  std::string_view input;      ///< the caller's
  Worker* worker = nullptr;    ///< that has it; nullptr: it waits
  bool second_chance = false;  ///< a worker ended under it through no fault of its own, maybe
  std::optional<Result<Results>> outcome;
  boost::asio::steady_timer done;  ///< cancelled when there is an outcome
};

}  // namespace signalbox::jq
