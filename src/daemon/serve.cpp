#include "daemon/serve.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <thread>

#include "base/exit_code.hpp"
#include "base/io_threads.hpp"
#include "base/log.hpp"
#include "config/report.hpp"
#include "daemon/app.hpp"
#include "daemon/builtin.hpp"
#include "daemon/logging.hpp"
#include "engine/local/local_engine.hpp"

namespace signalbox::daemon {

namespace asio = boost::asio;
namespace log = base::log;

namespace {

/// Connections, targets and store files together need more than the usual 1,024 descriptors.
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

/// All cores but the one that the store's writer, its background work and the controlling thread keep busy.
unsigned default_threads() { return std::max(2u, std::thread::hardware_concurrency()) - 1; }

Result<std::unique_ptr<Engine>> open_engine(const config::Store& settings, std::function<void(const Error&)> on_failure) {
  if (settings.engine == config::Store::Engine::memory) return engine::local::open_memory();
  store::RocksdbOptions options;
  options.path = settings.path;
  options.durability = settings.durability == config::Store::Durability::fsync ? store::DiskSync::fsync : store::DiskSync::os;
  options.min_free = settings.min_free.value;
  options.write_buffer = settings.write_buffer.value;
  options.cache = settings.cache.value;
  options.on_failure = std::move(on_failure);
  return engine::local::open_rocksdb(options);
}

}  // namespace

int serve(const ConfigurationSource& source) {
  ProgramCheck programs;
  std::optional<base::IoThreads> io;
  const auto targets = builtin_targets();  // after io: what targets share must go before the I/O they use
  auto configuration = read_configuration(source, targets, programs);
  const auto& faults = configuration.faults;
  if (!faults.faults().empty()) {
    const bool colour = isatty(STDERR_FILENO) && !std::getenv("NO_COLOR");
    const auto text = config::report(faults.faults(), configuration.sources, colour ? config::Colour::on : config::Colour::off);
    std::fputs(text.c_str(), stderr);
  }
  if (!faults.clean()) return kInputAtFault;
  set_up_logging(configuration.settings.server.log);
  raise_descriptor_limit();
  std::signal(SIGPIPE, SIG_IGN);

  std::atomic<App*> running{nullptr};
  const auto on_failure = [&running](const Error& error) {
    if (auto* app = running.load()) app->on_engine_failure(error.message);
  };
  auto engine = open_engine(configuration.settings.store, on_failure);
  if (!engine) {
    log::error("store.refused", "path={} error={}", configuration.settings.store.path, engine.error().message);
    return kDaemonOrNetworkAtFault;
  }
  const auto threads = configuration.settings.server.threads;
  io.emplace(threads != 0 ? threads : default_threads());
  int exit_code = kDaemonOrNetworkAtFault;
  {
    App app(*io, source, std::move(configuration), targets, programs, **engine);
    running = &app;
    const auto ended = [&](std::exception_ptr error, int code) {
      if (error) {
        try {
          std::rethrow_exception(error);
        } catch (const std::exception& e) {
          log::error("daemon.exception", "error={}", log::quoted(e.what()));
        }
      } else {
        exit_code = code;
      }
      running = nullptr;
      io->end();
    };
    asio::co_spawn(app.executor(), app.run(), ended);
    io->run();
  }
  return exit_code;
}

}  // namespace signalbox::daemon
