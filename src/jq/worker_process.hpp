#pragma once
#include <sys/types.h>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "signalbox/clock.hpp"
#include "signalbox/error.hpp"

namespace signalbox::jq {

/// What to start as a worker.
struct WorkerCommand {
  std::string executable = "/proc/self/exe";
  std::vector<std::string> arguments;  ///< after the program's name
};

/// How a process ended: of exit() its code, of a signal its number.
struct ProcessEnd {
  int code = 0;
  int signal = 0;
  bool operator==(const ProcessEnd&) const = default;
};

/// A child process with an empty environment, its standard input and output one socket, and nothing else
/// open.  It is killed and reaped when the object goes.
///
/// Thread-safety: none; use it on its executor's strand only.
class WorkerProcess {
 public:
  using Socket = boost::asio::local::stream_protocol::socket;

  /// Errors: overloaded (the system gives no process, socket or descriptor now; the message says what).
  static Result<std::unique_ptr<WorkerProcess>> start(boost::asio::any_io_executor executor,
                                                      const WorkerCommand& command);
  /// Takes over a process that was started.
  struct Parts {
    int socket, process;  ///< descriptors; `process` is a pidfd
    pid_t pid;
  };
  WorkerProcess(boost::asio::any_io_executor executor, Parts parts);
  ~WorkerProcess();
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  pid_t pid() const { return pid_; }
  Socket& socket() { return socket_; }
  void kill();
  /// What it has computed so far; zero when the system does not tell.
  Duration cpu_time() const;
  /// Waits until the process has ended, and reaps it.  Once only.  Cancellation: throws operation_aborted.
  boost::asio::awaitable<ProcessEnd> wait_ended();

 private:
  Socket socket_;
  boost::asio::posix::stream_descriptor process_;  // readable when the process has ended
  pid_t pid_;
  bool reaped_ = false;
};

}  // namespace signalbox::jq
