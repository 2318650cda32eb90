#pragma once
#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>

#include "api/admin.hpp"
#include "api/ingest.hpp"
#include "base/io_threads.hpp"
#include "base/system_clock.hpp"
#include "base/wakeup.hpp"
#include "broker/broker.hpp"
#include "daemon/configuration.hpp"
#include "daemon/jq_programs.hpp"
#include "daemon/pause_file.hpp"
#include "daemon/program_check.hpp"
#include "daemon/service_manager.hpp"
#include "registry/discovery.hpp"
#include "registry/schema_registry.hpp"
#include "http/server.hpp"
#include "signalbox/channel_log.hpp"

namespace signalbox::daemon {

/// The running daemon: the only place that knows concrete types.  Members stand in the order in which they are made;
/// destruction is the reverse.
class App {
 public:
  /// Everything that is referred to outlives the app; `failed` is set by the engine when it can no longer write.
  App(base::IoThreads& io, ConfigurationSource source, Configuration configuration,
      const TargetRegistry& targets, ProgramCheck& programs, Engine& engine);
  ~App();

  /// Where run() belongs.
  const boost::asio::any_io_executor& executor() const { return strand_; }

  /// Opens the channels, listens, tells the service manager; returns when it is told to stop (SIGTERM, SIGINT) and has
  /// done so.  The result is the program's exit code.
  boost::asio::awaitable<int> run();

  /// The engine has failed: stop acknowledging at once and end with a non-zero code.  Thread-safe.
  void on_engine_failure(const std::string& reason);

 private:
  Status listen();
  boost::asio::awaitable<void> watch_signals();
  boost::asio::awaitable<void> watch_engine();
  boost::asio::awaitable<void> keep_alive();
  boost::asio::awaitable<api::ReloadOutcome> reload();
  boost::asio::awaitable<api::ReloadOutcome> reload_on_strand();
  boost::asio::awaitable<void> reload_by_signal();
  boost::asio::awaitable<Status> prepare_schemas(const config::Settings& settings, broker::Plan& plan, Diagnostics& out);
  boost::asio::awaitable<int> begin();
  boost::asio::awaitable<void> stop();
  void apply_access(const config::Settings& settings);
  void write_port_file() const;

  const boost::asio::any_io_executor strand_;  // of the controlling thread
  base::StrandPlacement operators_;            // there, too
  base::SystemClock clock_;
  ServiceManager manager_;
  const ConfigurationSource source_;
  const TargetRegistry& targets_;
  ProgramCheck& program_check_;
  Engine& engine_;
  config::Settings settings_;
  broker::Plan first_plan_;
  PauseFile pauses_;
  JqPrograms jq_;
  registry::SchemaRegistry registry_;
  registry::Discovery discovery_;
  broker::Broker broker_;
  api::Ingest ingest_;
  api::Admin admin_;
  http::Server ingest_server_;
  http::Server admin_server_;
  std::atomic<bool> engine_failed_{false};
  bool reloading_ = false;
  base::Wakeup reloaded_;
};

}  // namespace signalbox::daemon
