#include "support/program.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "support/temp_dir.hpp"

namespace signalbox::test {
namespace {

ExitStatus to_exit_status(int status) {
  if (WIFSIGNALED(status)) return ExitStatus{0, WTERMSIG(status)};
  return ExitStatus{WEXITSTATUS(status), 0};
}

class SpawnActions {
 public:
  explicit SpawnActions(const Program::Streams& streams) {
    posix_spawn_file_actions_init(&actions_);
    constexpr int kWrite = O_WRONLY | O_CREAT | O_APPEND;
    posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, streams.in.c_str(), O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions_, STDOUT_FILENO, streams.out.c_str(), kWrite, 0600);
    posix_spawn_file_actions_addopen(&actions_, STDERR_FILENO, streams.err.c_str(), kWrite, 0600);
  }
  ~SpawnActions() { posix_spawn_file_actions_destroy(&actions_); }
  SpawnActions(const SpawnActions&) = delete;
  SpawnActions& operator=(const SpawnActions&) = delete;
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_;
};

}  // namespace

Program::Program(const std::vector<std::string>& arguments, const Streams& streams) {
  const SpawnActions actions(streams);
  std::vector<char*> argv;
  for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const int failure = ::posix_spawn(&pid_, argv[0], actions.get(), nullptr, argv.data(), environ);
  if (failure != 0) throw std::runtime_error("starting " + arguments[0] + ": " + std::strerror(failure));
}

Program::~Program() {
  if (ended_) return;
  signal(SIGKILL);
  int status = 0;
  ::waitpid(pid_, &status, 0);
}

bool Program::running() {
  if (ended_) return false;
  int status = 0;
  if (::waitpid(pid_, &status, WNOHANG) != pid_) return true;
  ended_ = to_exit_status(status);
  return false;
}

void Program::signal(int number) {
  if (!ended_) ::kill(pid_, number);
}

std::optional<ExitStatus> Program::wait(std::chrono::steady_clock::duration patience) {
  wait_until([this] { return !running(); }, patience);
  return ended_;
}

ProgramResult run_program(const std::vector<std::string>& arguments, const std::string& input,
                          std::chrono::steady_clock::duration patience) {
  const TempDir directory;
  const Program::Streams streams{directory.file("in"), directory.file("out"), directory.file("err")};
  write_file(streams.in, input);
  Program program(arguments, streams);
  const auto exit = program.wait(patience);
  if (!exit) throw std::runtime_error(arguments[0] + " did not end; stderr: " + read_file(streams.err));
  return ProgramResult{*exit, read_file(streams.out), read_file(streams.err)};
}

std::string signalbox_binary() {
  const char* named = std::getenv("SIGNALBOX_BINARY");
  const std::string binary = named != nullptr ? named : SIGNALBOX_BINARY_DIR "/signalbox";
  return ::access(binary.c_str(), X_OK) == 0 ? binary : std::string();
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void write_file(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
}

}  // namespace signalbox::test
