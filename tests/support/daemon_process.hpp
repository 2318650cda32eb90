#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "support/http_request.hpp"
#include "support/program.hpp"
#include "support/temp_dir.hpp"

namespace signalbox::test {

/// What a daemon under test is given beside its addresses and its store's directory; both are YAML.
struct DaemonConfig {
  std::string tenants;            ///< the block `tenants:`, or several top-level blocks, at column 0
  std::string server_extra = {};  ///< lines of the block `server:`, indented by two
  std::string store_extra = {};   ///< lines of the block `store:`, indented by two
};

/// A real `signalbox serve` on free ports of 127.0.0.1 with its store in a directory of its own.
/// Throws std::runtime_error, with the daemon's log, when something takes too long.
class DaemonProcess {
 public:
  /// Writes the configuration file; starts nothing yet.
  explicit DaemonProcess(const DaemonConfig& config);

  /// Starts it and waits until it is ready.
  void start();
  /// Starts it and returns at once.
  void launch();
  void wait_ready();
  /// kill -9, and waits for the process to be gone.  Throws, too, when it had ended by itself before.
  void kill_hard();
  /// SIGTERM, and waits for the end.
  ExitStatus terminate();
  void signal(int number) { process_->signal(number); }
  /// nullopt when it still runs after `patience`.
  std::optional<ExitStatus> wait_exit(std::chrono::steady_clock::duration patience = kPatience) {
    return process_->wait(patience);
  }
  pid_t pid() const { return process_->pid(); }

  /// Replaces the configuration file; the daemon hears of it by a reload.
  void write_config(const DaemonConfig& config);
  const std::string& config_file() const { return config_file_; }
  std::string store_directory() const { return directory_.file("store"); }
  /// Of all its runs.
  std::string log() const { return read_file(log_file_); }

  std::uint16_t ingest_port() const { return ingest_port_; }
  std::uint16_t admin_port() const { return admin_port_; }
  std::string ingest_url(const std::string& path) const;
  std::string admin_url(const std::string& path) const;

 private:
  TempDir directory_;
  std::string config_file_, log_file_;
  std::uint16_t ingest_port_, admin_port_;
  std::unique_ptr<Program> process_;
};

}  // namespace signalbox::test
