#include "support/daemon_process.hpp"

#include <csignal>
#include <random>
#include <stdexcept>

#include "loadtest/socket.hpp"
#include "support/wait_until.hpp"

namespace signalbox::test {
namespace {

/// A port that was free a moment ago, below those the kernel gives to outgoing connections: a client that
/// knocks while the daemon is down could otherwise be given the daemon's own port, and keep it from coming
/// back.
std::uint16_t free_port() {
  constexpr std::uint16_t kFirst = 20'000, kLast = 32'000;
  constexpr int kTries = 1'000;
  std::random_device random;
  std::uniform_int_distribution<std::uint16_t> any(kFirst, kLast);
  for (int i = 0; i < kTries; ++i) {
    const auto port = any(random);
    if (loadtest::listen_on(*loadtest::resolve("127.0.0.1", port))) return port;
  }
  throw std::runtime_error("no free port");
}

std::string to_string(const ExitStatus& exit) {
  if (exit.signal != 0) return "killed by signal " + std::to_string(exit.signal);
  return "exit code " + std::to_string(exit.code);
}

}  // namespace

DaemonProcess::DaemonProcess(const DaemonConfig& config)
    : config_file_(directory_.file("signalbox.yaml")), log_file_(directory_.file("log")) {
  ingest_port_ = free_port();
  do admin_port_ = free_port();
  while (admin_port_ == ingest_port_);
  write_config(config);
}

void DaemonProcess::write_config(const DaemonConfig& config) {
  const auto listen = [](std::uint16_t port) {
    return "{ listen: 127.0.0.1:" + std::to_string(port) + " }\n";
  };
  write_file(config_file_, "server:\n  ingest: " + listen(ingest_port_) + "  admin: " + listen(admin_port_) +
                               config.server_extra + "store:\n  engine: rocksdb\n  path: " +
                               store_directory() + "\n" + config.store_extra + config.tenants);
}

void DaemonProcess::launch() {
  process_.reset();
  const std::vector<std::string> arguments = {signalbox_binary(), "serve", "--config", config_file_};
  process_ = std::make_unique<Program>(arguments, Program::Streams{"/dev/null", log_file_, log_file_});
}

void DaemonProcess::start() {
  launch();
  wait_ready();
}

void DaemonProcess::wait_ready() {
  const auto ready = [this] {
    if (!process_->running()) {
      const auto how = to_string(process_->wait().value());
      throw std::runtime_error("the daemon ended while starting, " + how + "; its log:\n" + log());
    }
    try {
      return http_request("GET", admin_url("/readyz")).status == 200;
    } catch (const std::runtime_error&) {
      return false;  // not listening yet
    }
  };
  if (!wait_until(ready)) throw std::runtime_error("the daemon did not become ready; its log:\n" + log());
}

void DaemonProcess::kill_hard() {
  process_->signal(SIGKILL);
  const auto exit = process_->wait();
  if (!exit) throw std::runtime_error("kill -9 did not end the daemon");
  if (exit->signal == SIGKILL) return;
  throw std::runtime_error("the daemon ended by itself, " + to_string(*exit) + "; its log:\n" + log());
}

ExitStatus DaemonProcess::terminate() {
  process_->signal(SIGTERM);
  const auto exit = process_->wait();
  if (!exit) throw std::runtime_error("SIGTERM did not end the daemon; its log:\n" + log());
  return *exit;
}

std::string DaemonProcess::ingest_url(const std::string& path) const {
  return "http://127.0.0.1:" + std::to_string(ingest_port_) + path;
}

std::string DaemonProcess::admin_url(const std::string& path) const {
  return "http://127.0.0.1:" + std::to_string(admin_port_) + path;
}

}  // namespace signalbox::test
