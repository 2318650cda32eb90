#include "config/server_settings.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <set>
#include <span>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/config_path.hpp"
#include "config/credential.hpp"
#include "config/file_name.hpp"
#include "config/listen.hpp"
#include "config/names.hpp"

namespace signalbox::config {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMostTokens = 1000;

Tls read_tls(const ConfigNode& node, Diagnostics& out) {
  Tls tls;
  ConfigReader read(node, out);
  tls.certificate = read_file_name(read, "certificate");
  tls.key = read_file_name(read, "key");
  tls.client_ca = read_file_name(read, "client_ca");
  if (read.has("certificate") != read.has("key"))
    read.fault(read.has("key") ? "certificate" : "key", "a certificate and its key are given together");
  if (read.has("client_ca") && !read.has("certificate"))
    read.fault("client_ca",
               "clients show certificates only where the server has one: certificate and key are missing");
  read.done();
  return tls;
}

void read_tls_under(ConfigReader& read, Tls& tls, Diagnostics& out) {
  if (const ConfigNode* node = read.take("tls")) tls = read_tls(*node, out);
}

Ingest read_ingest(const ConfigNode& node, Diagnostics& out) {
  Ingest ingest;
  ConfigReader read(node, out);
  read_listen(read, ingest.listen);
  read_tls_under(read, ingest.tls, out);
  read.done();
  return ingest;
}

Admin read_admin(const ConfigNode& node, Diagnostics& out) {
  Admin admin;
  ConfigReader read(node, out);
  read_listen(read, admin.listen);
  read_tls_under(read, admin.tls, out);
  CredentialReader credentials({"read", "operate"}, out);
  each_item(read, "tokens", kMostTokens, [&](const ConfigNode& item) {
    if (auto token = credentials.read(item))
      admin.tokens.push_back({token->name, token->token, token->rights[0], token->rights[1]});
  });
  const ConfigNode* tokens = read.take("tokens");
  const bool has_tokens = tokens != nullptr && !tokens->items().empty();
  if (!is_loopback(admin.listen) && !has_tokens)
    read.fault("tokens", fmt::format("needed when the admin API listens on {}", admin.listen),
               "or listen on 127.0.0.1");
  read.done();
  return admin;
}

ServerLimits limits_from(const ConfigNode& node, Diagnostics& out) {
  ServerLimits limits;
  ConfigReader read(node, out);
  read("event", limits.event, Bytes{1024}, Bytes{64 * kMiB});
  read("batch_events", limits.batch_events, 1u, 100'000u);
  read("batch_bytes", limits.batch_bytes, Bytes{1024}, Bytes{256 * kMiB});
  read("head", limits.head, Bytes{1024}, Bytes{kMiB});
  read("json_depth", limits.json_depth, 1u, 1024u);
  read("attributes", limits.attributes, 4u, 1000u);
  read("connections", limits.connections, 1u, 1'000'000u);
  read("body_memory", limits.body_memory, Bytes{kMiB}, Bytes{kMiB * kMiB});
  read("head_timeout", limits.head_timeout, 100ms, 10min);
  read("body_timeout", limits.body_timeout, 100ms, 1h);
  read("idle_timeout", limits.idle_timeout, 100ms, 24h);
  read("write_timeout", limits.write_timeout, 100ms, 1h);
  if (limits.batch_bytes < limits.event)
    read.fault("batch_bytes", "a batch holds less than one event may (event)");
  if (limits.body_memory < limits.batch_bytes)
    read.fault("body_memory", "this is less than one batch (batch_bytes)");
  read.done();
  return limits;
}

Log read_log(const ConfigNode& node, Diagnostics& out) {
  constexpr std::array<std::pair<std::string_view, Log::Level>, 4> kLevels{{{"debug", Log::Level::debug},
                                                                            {"info", Log::Level::info},
                                                                            {"warning", Log::Level::warning},
                                                                            {"error", Log::Level::error}}};
  constexpr std::array<std::pair<std::string_view, Log::Format>, 2> kFormats{
      {{"text", Log::Format::text}, {"json", Log::Format::json}}};
  Log log;
  ConfigReader read(node, out);
  read.choice<Log::Level>("level", log.level, kLevels);
  read.choice<Log::Format>("format", log.format, kFormats);
  read.done();
  return log;
}

/// "acme/orders"; whether there is such a channel is seen when the tenants have been read.
void read_default_channel(ConfigReader& read, std::optional<ChannelName>& value) {
  std::string text;
  read("default_channel", text);
  if (text.empty()) return;
  const std::size_t slash = text.find('/');
  if (slash == std::string::npos || !is_name(text.substr(0, slash)) || !is_name(text.substr(slash + 1)))
    return read.fault("default_channel",
                      fmt::format("expected a channel such as acme/orders, got {}", base::in_quotes(text)));
  value = ChannelName{text.substr(0, slash), text.substr(slash + 1)};
}

}  // namespace

Server read_server(const ConfigNode& node, Diagnostics& out) {
  Server server;
  ConfigReader read(node, out);
  if (const ConfigNode* ingest = read.take("ingest")) server.ingest = read_ingest(*ingest, out);
  if (const ConfigNode* admin = read.take("admin")) server.admin = read_admin(*admin, out);
  read("threads", server.threads, 0u, 1024u);
  read_default_channel(read, server.default_channel);
  read("shutdown_timeout", server.shutdown_timeout, 0ms, 1h);
  if (const ConfigNode* limits = read.take("limits")) server.limits = limits_from(*limits, out);
  if (const ConfigNode* log = read.take("log")) server.log = read_log(*log, out);
  if (collide(server.ingest.listen, server.admin.listen))
    read.fault("admin", fmt::format("ingest listens on {} already", server.ingest.listen));
  read.done();
  return server;
}

ServerLimits read_server_limits(const ConfigNode& node, Diagnostics& out) {
  const ConfigNode* limits = node.find("limits");
  return limits == nullptr ? ServerLimits() : limits_from(*limits, out);
}

}  // namespace signalbox::config
