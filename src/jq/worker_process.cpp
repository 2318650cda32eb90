#include "jq/worker_process.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <utility>

namespace signalbox::jq {

namespace asio = boost::asio;

namespace {

Error start_failed(const std::string& what, int error_number) {
  return Error(Errc::overloaded, "starting a jq worker: " + what + ": " + std::strerror(error_number));
}

/// What the child does between fork and exec.
class SpawnSettings {
 public:
  explicit SpawnSettings(int socket) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_adddup2(&actions_, socket, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, socket, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions_, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
    posix_spawnattr_init(&attributes_);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    // A group of its own: Ctrl-C at a terminal is for the daemon.
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setflags(&attributes_,
                             POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }
  ~SpawnSettings() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;

  /// 0, or an errno.
  int spawn(const WorkerCommand& command, pid_t& pid) const {
    std::vector<std::string> words{"signalbox"};
    words.insert(words.end(), command.arguments.begin(), command.arguments.end());
    std::vector<char*> arguments;
    for (auto& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    std::array<char*, 1> no_environment{nullptr};
    return ::posix_spawn(&pid, command.executable.c_str(), &actions_, &attributes_, arguments.data(),
                         no_environment.data());
  }

 private:
  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
};

ProcessEnd to_end(int status) {
  if (WIFSIGNALED(status)) return ProcessEnd{.code = 0, .signal = WTERMSIG(status)};
  return ProcessEnd{.code = WEXITSTATUS(status), .signal = 0};
}

int open_process(pid_t pid) { return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)); }

void kill_and_reap(pid_t pid) {
  ::kill(pid, SIGKILL);
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace

Result<std::unique_ptr<WorkerProcess>> WorkerProcess::start(asio::any_io_executor executor,
                                                            const WorkerCommand& command) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    return start_failed("socketpair", errno);
  const auto [ours, theirs] = ends;
  pid_t pid = -1;
  const int failure = SpawnSettings(theirs).spawn(command, pid);
  ::close(theirs);
  if (failure != 0) {
    ::close(ours);
    return start_failed(command.executable, failure);
  }
  const int process = open_process(pid);
  if (process < 0) {
    const auto error = start_failed("pidfd_open", errno);
    ::close(ours);
    kill_and_reap(pid);
    return error;
  }
  return std::make_unique<WorkerProcess>(std::move(executor),
                                         Parts{.socket = ours, .process = process, .pid = pid});
}

WorkerProcess::WorkerProcess(asio::any_io_executor executor, Parts parts)
    : socket_(executor, asio::local::stream_protocol(), parts.socket),
      process_(std::move(executor), parts.process),
      pid_(parts.pid) {}

WorkerProcess::~WorkerProcess() {
  if (!reaped_) kill_and_reap(pid_);
}

void WorkerProcess::kill() {
  if (!reaped_) ::kill(pid_, SIGKILL);
}

Duration WorkerProcess::cpu_time() const {
  clockid_t clock{};
  timespec time{};
  if (reaped_ || ::clock_getcpuclockid(pid_, &clock) != 0 || ::clock_gettime(clock, &time) != 0) return {};
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

asio::awaitable<ProcessEnd> WorkerProcess::wait_ended() {
  const auto [ec] = co_await process_.async_wait(asio::posix::stream_descriptor::wait_read,
                                                 asio::as_tuple(asio::use_awaitable));
  if (ec == asio::error::operation_aborted) throw boost::system::system_error(ec);
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  reaped_ = true;
  co_return to_end(status);
}

}  // namespace signalbox::jq
