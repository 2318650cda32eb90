#include "daemon/app.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <cstdlib>
#include <random>

#include "base/exit_code.hpp"
#include "base/log.hpp"
#include "base/units.hpp"
#include "config/report.hpp"
#include "daemon/schema_plan.hpp"
#include "daemon/schema_uptake.hpp"

namespace signalbox::daemon {

namespace asio = boost::asio;
namespace log = base::log;
using namespace std::chrono_literals;

namespace {

constexpr Duration kLookAtEngine = 500ms;

http::ServerOptions server_options(std::string name, const std::string& listen, const config::Tls& tls,
                                   const config::ServerLimits& limits) {
  http::ServerOptions options;
  options.name = std::move(name);
  options.listen = listen;
  options.tls.certificate_file = tls.certificate;
  options.tls.key_file = tls.key;
  options.tls.client_ca_file = tls.client_ca;
  options.max_connections = limits.connections;
  options.head_bytes = limits.head.value;
  options.head_timeout = limits.head_timeout;
  options.body_timeout = limits.body_timeout;
  options.idle_timeout = limits.idle_timeout;
  options.write_timeout = limits.write_timeout;
  options.body_memory = limits.body_memory.value;
  options.lengthless_body = options.name == "admin";  // curl -X POST .../resume
  return options;
}

/// How often schemas that are made of events may change, by channel.
registry::Discovery::Intervals discovery_intervals(const config::Settings& settings) {
  registry::Discovery::Intervals intervals;
  for (const auto& [tenant_name, tenant] : settings.tenants)
    for (const auto& [name, channel] : tenant.channels)
      if (channel.discovery.on) intervals.emplace(ChannelName{tenant_name, name}, channel.discovery.interval);
  return intervals;
}

broker::BrokerOptions broker_options(const config::Settings& settings, ProgramRunner& programs, EventSampler& sampler) {
  broker::BrokerOptions options;
  options.checkpoint_interval = settings.store.checkpoint_interval;
  options.tail_memory = settings.delivery.tail_memory.value;
  options.dead_letter_retain = settings.store.dead_letter_retain;
  options.programs = &programs;
  options.sampler = &sampler;
  options.seed = std::random_device{}();
  return options;
}

std::filesystem::path pause_path(const config::Store& store) {
  if (store.engine == config::Store::Engine::memory) return {};
  return std::filesystem::path(store.path) / "paused-rules";
}

std::shared_ptr<const api::Access> operators(const config::Settings& settings) {
  auto access = std::make_shared<api::Access>();
  std::vector<api::Key> keys;
  for (const auto& token : settings.server.admin.tokens) {
    api::Key key{token.name, token.token, {}};
    if (token.may_read) key.may.push_back(api::Right::read);
    if (token.may_operate) key.may.push_back(api::Right::operate);
    keys.push_back(std::move(key));
  }
  access->add_operators(keys);
  return access;
}

/// What a reload does not change; a note says so when the file did.
bool needs_restart(const config::Settings& a, const config::Settings& b) {
  return !(a.store == b.store && a.delivery == b.delivery && a.server.ingest == b.server.ingest &&
           a.server.admin.listen == b.server.admin.listen && a.server.admin.tls == b.server.admin.tls &&
           a.server.threads == b.server.threads && a.server.limits == b.server.limits);
}

}  // namespace

App::App(base::IoThreads& io, ConfigurationSource source, Configuration configuration,
         const TargetRegistry& targets, ProgramCheck& programs, Engine& engine)
    : strand_(asio::make_strand(io.control())),
      operators_(strand_),
      source_(std::move(source)),
      targets_(targets),
      program_check_(programs),
      engine_(engine),
      settings_(std::move(configuration.settings)),
      first_plan_(std::move(configuration.plan)),
      pauses_(pause_path(settings_.store)),
      jq_(strand_, clock_, settings_.delivery.jq),
      registry_(strand_, engine.schemas(), clock_),
      discovery_(registry_, clock_),
      broker_(strand_, io, engine, clock_, pauses_, broker_options(settings_, jq_, discovery_)),
      ingest_(broker_, api::make_ingest_settings(settings_)),
      admin_(api::AdminServices{broker_, registry_, engine_, clock_, ingest_, [this] { return ingest_server_.stats(); },
                                [this] { return reload(); }, clock_.now()}),
      ingest_server_(strand_, io, clock_,
                     server_options("ingest", settings_.server.ingest.listen, settings_.server.ingest.tls, settings_.server.limits),
                     ingest_),
      admin_server_(strand_, operators_, clock_,
                    server_options("admin", settings_.server.admin.listen, settings_.server.admin.tls, settings_.server.limits),
                    admin_),
      reloaded_(strand_) {
  admin_.set_access(operators(settings_));
  discovery_.set_intervals(discovery_intervals(settings_));
  registry_.set_listener([this](const registry::Snapshot& now, std::string_view tenant) {
    take_up_schemas(*broker_.topology(), now, tenant);
  });
}

App::~App() = default;

asio::awaitable<int> App::run() {
  using namespace asio::experimental::awaitable_operators;
  const auto began = clock_.now();
  if (const int code = co_await begin(); code != kDone) {
    co_await broker_.stop(clock_.now());
    co_await jq_.close();
    co_return code;
  }
  if (auto listening = listen(); !listening) {
    log::error("start.failed", "error={}", log::quoted(listening.error().message));
    co_await stop();
    co_return kDaemonOrNetworkAtFault;
  }
  admin_.set_readiness("");
  manager_.ready();
  log::info("daemon.ready", "version={} ingest_port={} admin_port={} engine={} durability={} took={}", SIGNALBOX_VERSION,
            ingest_server_.port(), admin_server_.port(), engine_.status().name, engine_.status().durability,
            base::format_duration(clock_.now() - began));
  co_await (watch_signals() || watch_engine() || keep_alive() || discovery_.run());
  co_await stop();
  co_return engine_failed_ ? kDaemonOrNetworkAtFault : kDone;
}

/// Has the registry and the channels be what the configuration says.  Other than kDone: why that cannot be, having told it.
asio::awaitable<int> App::begin() {
  Diagnostics faults;
  auto status = co_await registry_.load();
  if (status) status = co_await prepare_schemas(settings_, first_plan_, faults);
  for (const auto& fault : faults.faults())
    log::error("start.fault", "place={} path={} message={}", fault.place.to_string(), fault.path, log::quoted(fault.message));
  if (!faults.clean()) co_return kInputAtFault;
  if (status) status = co_await broker_.apply(std::move(first_plan_));
  if (status) {
    co_await registry_.refresh();  // what changed while the channels were opened
    co_return kDone;
  }
  log::error("start.failed", "error={}", log::quoted(status.error().message));
  co_return kDaemonOrNetworkAtFault;
}

/// Registers what the configuration declares and gives the plan's channels their schemas; nothing is changed with a fault.
asio::awaitable<Status> App::prepare_schemas(const config::Settings& settings, broker::Plan& plan, Diagnostics& out) {
  auto declared = co_await registry_.declare(make_declarations(settings), out);
  if (!declared || !out.clean()) co_return declared;
  co_return resolve_schemas(plan, *registry_.snapshot());
}

Status App::listen() {
  if (auto status = admin_server_.listen(); !status) return status;
  return ingest_server_.listen();
}

asio::awaitable<void> App::watch_signals() {
  asio::signal_set signals(strand_, SIGTERM, SIGINT, SIGHUP);
  for (;;) {
    const int signal = co_await signals.async_wait(asio::use_awaitable);
    if (signal != SIGHUP) {
      log::info("daemon.stopping", "signal={} within={}", signal, base::format_duration(settings_.server.shutdown_timeout));
      co_return;
    }
    co_await reload_by_signal();
  }
}

asio::awaitable<void> App::watch_engine() {
  bool accepting = true;
  while (!engine_failed_) {
    const auto status = engine_.status();
    ingest_.set_room(status.accepting);
    if (accepting != status.accepting) {
      accepting = status.accepting;
      admin_.set_readiness(accepting ? "" : status.reason);
      if (accepting) log::info("ingest.resumed", "free={}", base::format_bytes(status.free_bytes));
      else log::error("ingest.stopped", "free={} reason={}", base::format_bytes(status.free_bytes), log::quoted(status.reason));
    }
    co_await clock_.sleep_until(clock_.now() + kLookAtEngine);
  }
}

asio::awaitable<void> App::keep_alive() {
  const auto interval = manager_.watchdog_interval();
  for (;;) {
    if (interval) manager_.alive();
    co_await clock_.sleep_until(clock_.now() + interval.value_or(1h));
  }
}

void App::on_engine_failure(const std::string& reason) {
  if (engine_failed_.exchange(true)) return;
  log::error("store.failed", "reason={} effect=\"nothing more is acknowledged; the daemon stops and recovers at its next start\"",
             log::quoted(reason));
  ingest_.stop_accepting();
  admin_.set_readiness("the store has failed: " + reason);
}

asio::awaitable<void> App::reload_by_signal() {
  auto outcome = co_await reload_on_strand();
  if (!outcome.faults.clean()) {
    for (const auto& fault : outcome.faults.faults())
      log::error("reload.fault", "place={} path={} message={}", fault.place.to_string(), fault.path, log::quoted(fault.message));
  } else if (!outcome.applied) {
    log::error("reload.failed", "error={}", log::quoted(outcome.applied.error().message));
  }
}

asio::awaitable<api::ReloadOutcome> App::reload() {
  return asio::co_spawn(strand_, reload_on_strand(), asio::use_awaitable);
}

asio::awaitable<api::ReloadOutcome> App::reload_on_strand() {
  while (reloading_) co_await reloaded_.wait();
  const base::Busy busy(reloading_, reloaded_);
  manager_.reloading();
  api::ReloadOutcome outcome;
  // Small files of an operator's, read on an I/O thread: other threads go on meanwhile.
  auto configuration = read_configuration(source_, targets_, program_check_);
  outcome.faults = std::move(configuration.faults);
  Status prepared = ok();
  if (outcome.faults.clean())
    prepared = co_await prepare_schemas(configuration.settings, configuration.plan, outcome.faults);
  if (!prepared) {
    outcome.applied = prepared;
  } else if (outcome.faults.clean()) {
    if (needs_restart(settings_, configuration.settings))
      log::warn("reload.needs_restart", "what=\"server addresses, limits, threads, store, delivery memory and jq change at the next start\"");
    ingest_.set(api::make_ingest_settings(configuration.settings));
    admin_.set_access(operators(configuration.settings));
    for (auto* server : {&ingest_server_, &admin_server_})
      if (auto status = server->reload_tls(); !status) outcome.applied = status;
    discovery_.set_intervals(discovery_intervals(configuration.settings));
    auto applied = co_await broker_.apply(std::move(configuration.plan));
    if (!applied) outcome.applied = applied;
    co_await registry_.refresh();  // what changed meanwhile
    settings_.server.shutdown_timeout = configuration.settings.server.shutdown_timeout;
    log::info("reload.done", "applied={}", static_cast<bool>(outcome.applied));
  }
  manager_.ready();
  co_return outcome;
}

asio::awaitable<void> App::stop() {
  manager_.stopping();
  admin_.set_readiness("stopping");
  ingest_.stop_accepting();
  const auto deadline = clock_.now() + settings_.server.shutdown_timeout;
  ingest_server_.drain();
  co_await ingest_server_.stop(deadline);
  co_await broker_.stop(deadline);
  co_await jq_.close();
  co_await admin_server_.stop(clock_.now() + 1s);
  log::info("daemon.stopped", "engine_failed={}", engine_failed_.load());
}

}  // namespace signalbox::daemon
