#include "connector/http/http_target_settings.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

#include "base/header_field.hpp"
#include "base/outgoing_header.hpp"
#include "event/base64.hpp"

namespace signalbox::connector::http {
namespace {

using base::equals_ignoring_case;
using base::is_field_name;
using base::is_field_value;
using base::outgoing_header_fault;
using namespace std::chrono_literals;

constexpr std::size_t kMostHeaders = 50;

using ModeName = std::pair<std::string_view, DeliveryMode>;
constexpr std::array<ModeName, 4> kModeNames{{{"binary", DeliveryMode::binary},
                                              {"structured", DeliveryMode::structured},
                                              {"batch", DeliveryMode::batch},
                                              {"raw", DeliveryMode::raw}}};
constexpr std::span<const ModeName> kModes = kModeNames;

void read_url(ConfigReader& read, HttpTargetSettings& settings) {
  if (!read.require("url")) return;
  std::string text;
  read("url", text);
  auto url = signalbox::http::parse_url(text);
  if (!url) return read.fault("url", url.error().message);
  settings.url = std::move(*url);
}

void read_batch(ConfigReader& read, HttpTargetSettings& settings, Diagnostics& out) {
  const auto* node = read.take("batch");
  if (!node) return;
  if (settings.mode != DeliveryMode::batch) read.fault("batch", "has no effect without \"mode: batch\"");
  ConfigReader batch(*node, out);
  batch("max_events", settings.batch_events, 1u, 1000u);
  batch("max_bytes", settings.batch_bytes, Bytes{1 << 10}, Bytes{64 << 20});
  batch.done();
}

void read_headers(ConfigReader& read, HttpTargetSettings& settings, Diagnostics& out) {
  const auto* node = read.take("headers");
  if (!node) return;
  ConfigReader headers(*node, out);
  if (node->members().size() > kMostHeaders) read.fault("headers", "at most 50 headers can be added");
  for (const auto& [name, place, value] : node->members()) {
    std::string text;
    headers(name, text);
    if (const auto why = outgoing_header_fault(name); !why.empty()) headers.fault(name, std::string(why));
    else if (!is_field_value(text)) headers.fault(name, "expected visible ASCII characters");
    else settings.headers.emplace_back(name, std::move(text));
  }
  headers.done();
}

void read_user_agent(ConfigReader& read, HttpTargetSettings& settings) {
  read("user_agent", settings.user_agent);
  if (!is_field_value(settings.user_agent)) read.fault("user_agent", "expected visible ASCII characters");
}

Credential make_credential(std::string header, std::string value, const Secret& secret) {
  Credential credential;
  credential.header = std::move(header);
  credential.value = Secret(std::move(value));
  credential.never_shown = {credential.value, secret};
  return credential;
}

void read_bearer(const ConfigNode& node, HttpTargetSettings& settings, Diagnostics& out) {
  ConfigReader read(node, out);
  std::optional<Secret> token;
  read.secret("token", token);
  read.done();
  if (!token) return read.fault("token_file", "expected token_file or token_env");
  if (!is_field_value(token->reveal())) return read.fault("token_file", "the token has characters no header can carry");
  settings.credential = make_credential("Authorization", "Bearer " + std::string(token->reveal()), *token);
}

void read_basic(const ConfigNode& node, HttpTargetSettings& settings, Diagnostics& out) {
  ConfigReader read(node, out);
  std::string user;
  std::optional<Secret> password;
  read("user", user);
  read.secret("password", password);
  read.done();
  if (user.find(':') != std::string::npos) return read.fault("user", "a user name has no colon");
  if (!password) return read.fault("password_file", "expected password_file or password_env");
  std::string value = "Basic ";
  const auto pair = user + ":" + std::string(password->reveal());
  event::append_base64(value, pair);
  settings.credential = make_credential("Authorization", value, *password);
  settings.credential->never_shown.emplace_back(value.substr(6));
}

void read_header(const ConfigNode& node, HttpTargetSettings& settings, Diagnostics& out) {
  ConfigReader read(node, out);
  std::string name;
  std::optional<Secret> value;
  read("name", name);
  read.secret("value", value);
  read.done();
  const auto why = equals_ignoring_case(name, "authorization") ? std::string_view() : outgoing_header_fault(name);
  if (!is_field_name(name)) return read.fault("name", "expected the name of a header");
  if (!why.empty()) return read.fault("name", std::string(why));
  if (!value) return read.fault("value_file", "expected value_file or value_env");
  if (!is_field_value(value->reveal())) return read.fault("value_file", "the value has characters no header can carry");
  settings.credential = make_credential(name, std::string(value->reveal()), *value);
}

void read_auth(ConfigReader& read, HttpTargetSettings& settings, Diagnostics& out) {
  const auto* node = read.take("auth");
  if (!node) return;
  ConfigReader auth(*node, out);
  const auto* bearer = auth.take("bearer");
  const auto* basic = auth.take("basic");
  const auto* header = auth.take("header");
  auth.done();
  const int given = (bearer != nullptr) + (basic != nullptr) + (header != nullptr);
  if (given != 1) return read.fault("auth", "expected exactly one of bearer, basic and header");
  if (bearer) read_bearer(*bearer, settings, out);
  if (basic) read_basic(*basic, settings, out);
  if (header) read_header(*header, settings, out);
}

void read_sign(ConfigReader& read, HttpTargetSettings& settings, Diagnostics& out) {
  const auto* node = read.take("sign");
  if (!node) return;
  ConfigReader sign(*node, out);
  std::optional<Secret> secret;
  sign.secret("secret", secret);
  sign.done();
  if (!secret) return sign.fault("secret_file", "expected secret_file or secret_env");
  if (auto signer = Signer::make(*secret); !signer) return sign.fault("secret_file", signer.error().message);
  settings.signing_secret = std::move(secret);
}

void read_tls(ConfigReader& read, HttpTargetSettings& settings, Diagnostics& out) {
  const auto* node = read.take("tls");
  if (!node) return;
  if (settings.url.scheme != signalbox::http::Url::Scheme::https) read.fault("tls", "has no effect without an https URL");
  ConfigReader tls(*node, out);
  tls("ca_file", settings.tls.ca_file);
  tls("certificate_file", settings.tls.certificate_file);
  tls("key_file", settings.tls.key_file);
  tls("server_name", settings.tls.server_name);
  tls("verify", settings.tls.verify);
  tls.done();
}

void read_addresses(ConfigReader& read, HttpTargetSettings& settings, Diagnostics& out) {
  const auto* node = read.take("addresses");
  if (!node) return;
  ConfigReader addresses(*node, out);
  auto read_blocks = [&](std::string_view key, auto add) {
    std::vector<std::string> texts;
    addresses(key, texts);
    for (const auto& text : texts) {
      auto block = signalbox::http::Cidr::parse(text);
      if (block) add(*block);
      else addresses.fault(key, block.error().message);
    }
  };
  read_blocks("allow", [&](const auto& block) { settings.addresses.allow(block); });
  read_blocks("deny", [&](const auto& block) { settings.addresses.deny(block); });
  addresses.done();
}

void read_statuses(ConfigReader& read, HttpTargetSettings& settings, Diagnostics& out) {
  const auto* node = read.take("statuses");
  if (!node) return;
  ConfigReader statuses(*node, out);
  std::vector<std::string> retry, reject;
  statuses("retry", retry);
  statuses("reject", reject);
  auto apply = [&](std::string_view key, const std::vector<std::string>& selectors, Outcome::Kind kind, bool classes) {
    for (const auto& selector : selectors) {
      if (selector.ends_with("xx") != classes) continue;
      if (auto set = settings.statuses.set(selector, kind); !set)
        statuses.fault(key, "\"" + selector + "\": " + set.error().message);
    }
  };
  // Classes first, so that a single status is an exception from its class whichever list it stands in.
  for (bool classes : {true, false}) {
    apply("retry", retry, Outcome::Kind::failed, classes);
    apply("reject", reject, Outcome::Kind::rejected, classes);
  }
  for (const auto& selector : retry)
    if (std::find(reject.begin(), reject.end(), selector) != reject.end())
      statuses.fault("reject", "\"" + selector + "\" stands under retry, too");
  statuses.done();
}

}  // namespace

HttpTargetSettings read_http_target(const ConfigNode& node, const signalbox::http::AddressPolicy& addresses,
                                    Diagnostics& out) {
  HttpTargetSettings settings;
  settings.addresses = addresses;
  ConfigReader read(node, out);
  read_url(read, settings);
  read("timeout", settings.timeout, 100ms, 15min);
  read("connect_timeout", settings.connect_timeout, 10ms, 15min);
  read("concurrency", settings.concurrency, 1u, 10'000u);
  read("rate", settings.rate);
  read.choice("mode", settings.mode, kModes);
  read_batch(read, settings, out);
  read_headers(read, settings, out);
  read_user_agent(read, settings);
  read_auth(read, settings, out);
  read_sign(read, settings, out);
  read_tls(read, settings, out);
  read_addresses(read, settings, out);
  read_statuses(read, settings, out);
  read("reply_to", settings.reply_to);
  if (!settings.reply_to.empty() && settings.mode == DeliveryMode::batch)
    read.fault("reply_to", "a batch has one answer for all its events: it cannot reply");
  read.done();
  return settings;
}

}  // namespace signalbox::connector::http
