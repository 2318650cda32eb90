// The command jq-worker of the daemon, in an executable of its own; and `probe`, which enters the same
// sandbox and says what it can still do there, one line for each attempt: its name and 0 or the errno.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "jq/sandbox.hpp"
#include "jq/worker_loop.hpp"

namespace {

struct Attempt {
  const char* name;
  std::function<long()> make;  // -1: refused, see errno
};

long execute() {
  std::array<char*, 1> none{nullptr};
  return ::execve("/bin/true", none.data(), none.data());
}

long map(std::size_t bytes, int protection) {
  void* at = ::mmap(nullptr, bytes, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return at == MAP_FAILED ? -1 : 0;
}

long raise_limit() {
  const rlimit more{.rlim_cur = 100, .rlim_max = 100};
  return ::setrlimit(RLIMIT_NOFILE, &more);
}

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all))) - 1;  // the iterator has one
}

std::size_t variables() {
  std::size_t count = 0;
  for (char** variable = ::environ; variable != nullptr && *variable != nullptr; ++variable) ++count;
  return count;
}

int probe() {
  const auto parent = ::getppid();
  const std::array attempts{
      Attempt{"open", [] { return ::open("/etc/passwd", O_RDONLY); }},
      Attempt{"create", [] { return ::open("/tmp/jq_probe", O_WRONLY | O_CREAT, 0600); }},
      Attempt{"stat", [] { return ::access("/etc/passwd", F_OK); }},
      Attempt{"unlink", [] { return ::unlink("/tmp/jq_probe"); }},
      Attempt{"socket", [] { return ::socket(AF_INET, SOCK_STREAM, 0); }},
      Attempt{"fork", [] { return ::fork(); }},
      Attempt{"execve", &execute},
      Attempt{"kill", [parent] { return ::kill(parent, 0); }},
      Attempt{"dup", [] { return ::dup(STDIN_FILENO); }},
      Attempt{"write_error", [] { return ::write(STDERR_FILENO, "x", 1); }},
      Attempt{"map_code", [] { return map(4096, PROT_READ | PROT_WRITE | PROT_EXEC); }},
      Attempt{"raise_limit", &raise_limit},
      Attempt{"prctl", [] { return ::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0); }},
      Attempt{"map_little", [] { return map(4096, PROT_READ | PROT_WRITE); }},
      Attempt{"map_much", [] { return map(256UL << 20, PROT_READ | PROT_WRITE); }},
  };
  std::string told = "variables " + std::to_string(variables()) + "\ndescriptors " +
                     std::to_string(open_descriptors()) + "\n";
  if (!signalbox::jq::enter_sandbox(64UL << 20)) return 1;
  for (const auto& attempt : attempts) {
    errno = 0;
    const auto result = attempt.make();
    told += std::string(attempt.name) + " " + std::to_string(result == -1 ? errno : 0) + "\n";
  }
  return ::write(STDOUT_FILENO, told.data(), told.size()) == static_cast<ssize_t>(told.size()) ? 0 : 1;
}

}  // namespace

int main(int argument_count, char** arguments) {
  const std::string_view command = argument_count > 1 ? arguments[1] : "";
  if (command == signalbox::jq::kWorkerCommand) signalbox::jq::work(argument_count - 2, arguments + 2);
  // No destructor runs in the sandbox: a sanitizer's would look for leaks.
  if (command == "probe") std::_Exit(probe());
  return 2;
}
