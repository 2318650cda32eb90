#pragma once
#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "support/wait_until.hpp"

namespace signalbox::test {

/// How a process ended.
struct ExitStatus {
  int code = 0;    ///< of exit()
  int signal = 0;  ///< that killed it; 0: it exited
  bool operator==(const ExitStatus&) const = default;
};

/// A child process; killed and reaped when the object goes.
class Program {
 public:
  struct Streams {
    std::string in = "/dev/null";  ///< files
    std::string out = "/dev/null";
    std::string err = "/dev/null";
  };
  /// Starts `arguments[0]`.  Throws std::runtime_error when that fails.
  Program(const std::vector<std::string>& arguments, const Streams& streams);
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  pid_t pid() const { return pid_; }
  bool running();
  void signal(int number);
  /// nullopt when it still runs after `patience`.
  std::optional<ExitStatus> wait(std::chrono::steady_clock::duration patience = kPatience);

 private:
  pid_t pid_ = -1;
  std::optional<ExitStatus> ended_;
};

/// What a program that ran to its end left behind.
struct ProgramResult {
  ExitStatus exit;
  std::string out, err;
};

/// Runs a program with `input` on its standard input.  Throws std::runtime_error when it takes longer than
/// `patience`.
ProgramResult run_program(const std::vector<std::string>& arguments, const std::string& input = {},
                          std::chrono::steady_clock::duration patience = kPatience);

/// The daemon under test: $SIGNALBOX_BINARY, else `signalbox` in the build directory; "" when there is none.
std::string signalbox_binary();

/// Reads a whole file; "" when it cannot.
std::string read_file(const std::string& path);
void write_file(const std::string& path, const std::string& text);

}  // namespace signalbox::test
