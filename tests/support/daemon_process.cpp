#include "support/daemon_process.hpp"

#include <csignal>
#include <stdexcept>
#include <tuple>
#include <utility>

#include "loadtest/socket.hpp"
#include "support/wait_until.hpp"

namespace signalbox::test {
namespace {

/// Two ports that were free a moment ago.
std::pair<std::uint16_t, std::uint16_t> free_ports() {
  const auto anywhere = loadtest::resolve("127.0.0.1", 0);
  const auto first = loadtest::listen_on(*anywhere), second = loadtest::listen_on(*anywhere);
  if (!first || !second) throw std::runtime_error("no free port");
  return {loadtest::bound_port(*first), loadtest::bound_port(*second)};
}

}  // namespace

DaemonProcess::DaemonProcess(const DaemonConfig& config)
    : config_file_(directory_.file("signalbox.yaml")), log_file_(directory_.file("log")) {
  std::tie(ingest_port_, admin_port_) = free_ports();
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
    if (!process_->running()) throw std::runtime_error("the daemon ended while starting; its log:\n" + log());
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
  if (!process_->wait()) throw std::runtime_error("kill -9 did not end the daemon");
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
