#include "daemon/serve.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

#include "base/log.hpp"
#include "config/report.hpp"
#include "daemon/app.hpp"
#include "daemon/builtin.hpp"
#include "daemon/exit_code.hpp"
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

/// An exception that reaches an I/O loop is a bug of ours, but no reason to stop serving everybody.
void run_guarded(asio::io_context& io) {
  for (;;) {
    try {
      io.run();
      return;
    } catch (const std::exception& error) {
      log::error("daemon.exception", "error={}", log::quoted(error.what()));
    }
  }
}

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
  asio::io_context io(static_cast<int>(std::max(1u, std::thread::hardware_concurrency())));
  const auto targets = builtin_targets();  // after io: what targets share must go before the I/O they use
  ProgramCheck programs;
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
  const auto threads = configuration.settings.server.threads != 0 ? configuration.settings.server.threads
                                                                  : std::max(1u, std::thread::hardware_concurrency());
  int exit_code = kDaemonOrNetworkAtFault;
  {
    App app(io.get_executor(), source, std::move(configuration), targets, programs, **engine);
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
    };
    asio::co_spawn(app.executor(), app.run(), ended);
    std::vector<std::jthread> pool;
    for (unsigned i = 1; i < threads; ++i) pool.emplace_back([&io] { run_guarded(io); });
    run_guarded(io);
    pool.clear();  // joins
  }
  return exit_code;
}

}  // namespace signalbox::daemon
