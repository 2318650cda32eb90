#include "config/settings.hpp"

#include <gtest/gtest.h>

#include "configuration.hpp"
#include "temporary_folder.hpp"
#include "told.hpp"

namespace signalbox::config {
namespace {

using namespace std::chrono_literals;

class SettingsOf : public testing::Test {
 protected:
  Settings read(const std::string& text) {
    auto configuration = read_configuration(folder_.write("a.yaml", text), {});
    diagnostics_ = std::move(configuration.diagnostics);
    return std::move(configuration.settings);
  }
  /// The faults, the folder's name left out.
  std::string told_here() const {
    std::string text = told(diagnostics_);
    const std::string prefix = folder_.path().string() + "/";
    for (std::size_t at; (at = text.find(prefix)) != std::string::npos;) text.erase(at, prefix.size());
    return text;
  }

  TemporaryFolder folder_;
  Diagnostics diagnostics_;
};

TEST_F(SettingsOf, an_empty_file_are_the_defaults) {
  const auto settings = read("");
  EXPECT_EQ(told_here(), "");
  EXPECT_EQ(settings.server.ingest.listen, "0.0.0.0:8080");
  EXPECT_EQ(settings.server.admin.listen, "127.0.0.1:8081");
  EXPECT_EQ(settings.store, Store());
  EXPECT_TRUE(settings.tenants.empty());
}

TEST_F(SettingsOf, what_the_file_says_is_read) {
  folder_.write("keys/operator", "operator-token-0123\n");
  folder_.write("keys/shop", "shop-token-0123456\n");
  folder_.write("tls/a.crt", "");
  folder_.write("tls/a.key", "");
  const auto settings = read(R"(
server:
  ingest: { listen: "[::]:9000", tls: { certificate: tls/a.crt, key: tls/a.key } }
  admin: { listen: 0.0.0.0:9001, tokens: [{ name: op, token_file: keys/operator, may: [read, operate] }] }
  threads: 2
  default_channel: acme/orders
  shutdown_timeout: 5s
  limits: { event: 64KiB, batch_events: 10, attributes: 20, head_timeout: 1s }
  log: { level: debug, format: json }
store: { engine: memory, path: /x, durability: os, min_free: 0, checkpoint_interval: 50ms, dead_letter_retain: 1d }
delivery: { tail_memory: 1MiB, jq: { workers: 3, time_limit: 2s, memory: 1GiB } }
tenants:
  acme:
    keys: [{ name: shop, token_file: keys/shop, may: publish }]
    limits: { events_per_second: 5000, stored_bytes: 50GiB }
    targets:
      crm: { http: { url: https://crm.example/ } }
      erp: { http: { url: https://erp.example/ } }
    channels:
      orders:
        retain: 1d
        deduplicate: 10m
        handshake: { allow: true, origins: [a.example], rate: 120/m }
        rules:
          big:
            description: Big ones
            enabled: false
            pattern: { data: { total: [{ numeric: [">", 1000] }], n: ["12"] } }
            compat: eventbridge
            transform: { set: { type: x } }
            to: [crm, erp]
            retry: { attempts: 3, initial: 100ms, factor: 1.5, max: 1s, jitter: none, max_age: 1m }
            order: key
            from: now
          some: { filters: [{ exact: { type: a } }], to: crm }
          sql: { sql: type = 'a', to: crm }
          all: { to: crm }
)");
  EXPECT_EQ(told_here(), "");
  EXPECT_EQ(settings.server.ingest.listen, "[::]:9000");
  EXPECT_EQ(settings.server.ingest.tls.certificate, folder_.file("tls/a.crt"));
  EXPECT_EQ(settings.server.ingest.tls.key, folder_.file("tls/a.key"));
  ASSERT_EQ(settings.server.admin.tokens.size(), 1u);
  EXPECT_EQ(settings.server.admin.tokens[0].token.reveal(), "operator-token-0123");
  EXPECT_TRUE(settings.server.admin.tokens[0].may_read && settings.server.admin.tokens[0].may_operate);
  EXPECT_EQ(settings.server.threads, 2u);
  EXPECT_EQ(settings.server.default_channel, (ChannelName{"acme", "orders"}));
  EXPECT_EQ(settings.server.shutdown_timeout, 5s);
  EXPECT_EQ(settings.server.limits.event, Bytes{65536});
  EXPECT_EQ(settings.server.limits.batch_events, 10u);
  EXPECT_EQ(settings.server.limits.head_timeout, 1s);
  EXPECT_EQ(settings.server.log, (Log{Log::Level::debug, Log::Format::json}));
  EXPECT_EQ(settings.store.engine, Store::Engine::memory);
  EXPECT_EQ(settings.store.durability, Store::Durability::os);
  EXPECT_EQ(settings.store.min_free, Bytes{0});
  EXPECT_EQ(settings.store.checkpoint_interval, 50ms);
  EXPECT_EQ(settings.delivery.tail_memory, Bytes{1 << 20});
  EXPECT_EQ(settings.delivery.jq, (Jq{3, 2s, Bytes{1 << 30}}));
  const auto& acme = settings.tenants.at("acme");
  EXPECT_FALSE(acme.open);
  ASSERT_EQ(acme.keys.size(), 1u);
  EXPECT_TRUE(acme.keys[0].may_publish);
  EXPECT_FALSE(acme.keys[0].may_read);
  EXPECT_EQ(acme.limits, (TenantLimits{Rate{5000}, Bytes{50ull << 30}}));
  EXPECT_EQ(acme.targets.at("crm").kind, "http");
  EXPECT_EQ(acme.targets.at("crm").node.to_json(), R"({"url":"https://crm.example/"})");
  EXPECT_EQ(acme.targets.at("crm").node.path(), "tenants.acme.targets.crm.http");
  const auto& orders = acme.channels.at("orders");
  EXPECT_EQ(orders.retain, 24h);
  EXPECT_EQ(orders.deduplicate, 10min);
  EXPECT_EQ(orders.handshake, (Handshake{true, {"a.example"}, Rate{2}}));
  const auto& big = orders.rules.at("big");
  EXPECT_FALSE(big.enabled);
  EXPECT_EQ(big.filter.kind, Filter::Kind::pattern);
  EXPECT_EQ(big.filter.text, R"({"data":{"total":[{"numeric":[">",1000]}],"n":["12"]}})");
  EXPECT_TRUE(big.filter.eventbridge_compat);
  EXPECT_EQ(big.filter.path, "tenants.acme.channels.orders.rules.big.pattern");
  ASSERT_TRUE(big.transform);
  EXPECT_EQ(big.transform->to_json(), R"({"set":{"type":"x"}})");
  EXPECT_EQ(big.to, (std::vector<std::string>{"crm", "erp"}));
  EXPECT_EQ(big.retry, (Retry{3, 100ms, 1.5, 1s, Retry::Jitter::none, 1min}));
  EXPECT_EQ(big.order, Rule::Order::key);
  EXPECT_EQ(orders.rules.at("some").filter.text, R"([{"exact":{"type":"a"}}])");
  EXPECT_EQ(orders.rules.at("sql").filter.text, "type = 'a'");
  EXPECT_EQ(orders.rules.at("all").filter.kind, Filter::Kind::everything);
  EXPECT_EQ(orders.rules.at("all").retry, Retry());
}

struct FaultCase {
  const char* text;
  const char* told;
};

TEST_F(SettingsOf, every_fault_of_the_server_has_its_text) {
  const FaultCase cases[] = {
      {"sever: {}", "a.yaml:1:1: sever: unknown key (did you mean \"server\"?)"},
      {"server: 12", "a.yaml:1:9: server: expected a mapping, got 12"},
      {"server: { ingest: { listen: 8080 } }",
       "a.yaml:1:29: server.ingest.listen: expected an address and a port such as 127.0.0.1:8080 or "
       "\"[::1]:8080\", got "
       "\"8080\""},
      {"server: { ingest: { listen: :8080 } }",
       "a.yaml:1:29: server.ingest.listen: expected an address and a port such as 127.0.0.1:8080 or "
       "\"[::1]:8080\", got "
       "\":8080\" (every address: 0.0.0.0:8080)"},
      {"server: { ingest: { listen: localhost:8080 } }",
       "a.yaml:1:29: server.ingest.listen: expected an address and a port such as 127.0.0.1:8080 or "
       "\"[::1]:8080\", got "
       "\"localhost:8080\""},
      {"server: { ingest: { listen: 127.1:8080 } }",
       "a.yaml:1:29: server.ingest.listen: expected an address and a port such as 127.0.0.1:8080 or "
       "\"[::1]:8080\", got "
       "\"127.1:8080\""},
      {"server: { ingest: { listen: 127.0.0.1:65536 } }",
       "a.yaml:1:29: server.ingest.listen: expected an address and a port such as 127.0.0.1:8080 or "
       "\"[::1]:8080\", got "
       "\"127.0.0.1:65536\""},
      {"server: { ingest: { tls: { certificate: a.crt } } }",
       "a.yaml:1:41: server.ingest.tls.certificate: there is no file \"a.crt\"\n"
       "a.yaml:1:26: server.ingest.tls.key: a certificate and its key are given together"},
      {"server: { ingest: { tls: { client_ca: a.yaml } } }",
       "a.yaml:1:39: server.ingest.tls.client_ca: clients show certificates only where the server has one: "
       "certificate "
       "and key are missing"},
      {"server: { admin: { listen: 0.0.0.0:8081 } }",
       "a.yaml:1:18: server.admin.tokens: needed when the admin API listens on 0.0.0.0:8081 (or listen on "
       "127.0.0.1)"},
      {"server: { admin: { listen: \"[::]:8081\", tokens: [] } }",
       "a.yaml:1:49: server.admin.tokens: needed when the admin API listens on [::]:8081 (or listen on "
       "127.0.0.1)"},
      {"server: { admin: { listen: 0.0.0.0:8080, tokens: [{ name: a, token_env: SIGNALBOX_TEST_UNSET, may: "
       "[read] }] } }",
       "a.yaml:1:73: server.admin.tokens[0].token_env: the environment variable \"SIGNALBOX_TEST_UNSET\" is "
       "not set\n"
       "a.yaml:1:18: server.admin: ingest listens on 0.0.0.0:8080 already"},
      {"server: { threads: 5000 }",
       "a.yaml:1:20: server.threads: expected a whole number from 0 to 1024, got 5000"},
      {"server: { default_channel: orders }",
       "a.yaml:1:28: server.default_channel: expected a channel such as acme/orders, got \"orders\""},
      {"server: { default_channel: acme/orders }",
       "a.yaml:1:28: server.default_channel: there is no tenant \"acme\""},
      {"server: { default_channel: acme/odrers }\ntenants: { acme: { open: true, channels: { orders: } } }",
       "a.yaml:1:28: server.default_channel: tenant \"acme\" has no channel \"odrers\" (did you mean "
       "\"orders\"?)"},
      {"server: { default_channel: amce/orders }\ntenants: { acme: { open: true, channels: { orders: } } }",
       "a.yaml:1:28: server.default_channel: there is no tenant \"amce\" (did you mean \"acme\"?)"},
      {"server: { limits: { event: 16MiB } }",
       "a.yaml:1:19: server.limits.batch_bytes: a batch holds less than one event may (event)"},
      {"server: { limits: { batch_bytes: 256MiB, body_memory: 128MiB } }",
       "a.yaml:1:55: server.limits.body_memory: this is less than one batch (batch_bytes)"},
      {"server: { log: { level: chatty } }",
       "a.yaml:1:25: server.log.level: expected one of debug, info, warning, error, got \"chatty\""},
      {"server: { log: { level: warn } }",
       "a.yaml:1:25: server.log.level: expected one of debug, info, warning, error, got \"warn\""},
  };
  for (const auto& c : cases) {
    read(c.text);
    EXPECT_EQ(told_here(), c.told) << c.text;
  }
}

TEST_F(SettingsOf, every_fault_of_the_store_has_its_text) {
  const FaultCase cases[] = {
      {"store: { engine: jetstream }",
       "a.yaml:1:18: store.engine: the jetstream engine is not built in (rocksdb and memory are)"},
      {"store: { engine: rockdb }",
       "a.yaml:1:18: store.engine: expected one of rocksdb, memory, jetstream, got \"rockdb\" (did you mean "
       "\"rocksdb\"?)"},
      {"store: { path: '' }", "a.yaml:1:16: store.path: expected a folder, got an empty text"},
      {"store: { durability: fysnc }",
       "a.yaml:1:22: store.durability: expected one of fsync, os, got \"fysnc\" (did you mean \"fsync\"?)"},
      {"store: { checkpoint_interval: 5s }",
       "a.yaml:1:31: store.checkpoint_interval: expected a duration from 10ms to 500ms, got 5s"},
      {"store: { min_free: 5% }",
       "a.yaml:1:20: store.min_free: expected a size such as 512MiB, got \"5%\" (units: B KiB MiB GiB TiB, "
       "kB MB GB TB)"},
      {"delivery: { window: 5 }", "a.yaml:1:13: delivery.window: unknown key (known here: tail_memory, jq)"},
      {"delivery: { jq: { worker: 5 } }",
       "a.yaml:1:19: delivery.jq.worker: unknown key (did you mean \"workers\"?)"},
      {"delivery: { jq: { time_limit: 5m } }",
       "a.yaml:1:31: delivery.jq.time_limit: expected a duration from 100ms to 1m, got 5m"},
      {"delivery: { jq: { memory: 1MiB } }",
       "a.yaml:1:27: delivery.jq.memory: expected a size from 64MiB to 16GiB, got 1MiB"},
      {"delivery: { jq: { workers: many } }",
       "a.yaml:1:28: delivery.jq.workers: expected a whole number from 0 to 64, got \"many\""},
  };
  for (const auto& c : cases) {
    read(c.text);
    EXPECT_EQ(told_here(), c.told) << c.text;
  }
}

TEST_F(SettingsOf, every_fault_of_a_tenant_has_its_text) {
  folder_.write("good", "0123456789abcdef0123");
  folder_.write("short", "hunter2");
  folder_.write("blank", "0123456789 abcdef0123");
  const FaultCase cases[] = {
      {"tenants: { acme: }",
       "a.yaml:1:12: tenants.acme.keys: missing: without keys anybody who reaches ingest could publish (give "
       "the tenant "
       "keys, or say open: true, or let ingest listen on 127.0.0.1)"},
      {"tenants: { acme: { keys: [] } }",
       "a.yaml:1:26: tenants.acme.keys: missing: without keys anybody who reaches ingest could publish (give "
       "the tenant "
       "keys, or say open: true, or let ingest listen on 127.0.0.1)"},
      {"tenants: { acme: { open: true, keys: [{ name: a, token_file: good, may: [publish] }] } }",
       "a.yaml:1:26: tenants.acme.open: a tenant with keys is not open: take one of the two away"},
      {"tenants: { Acme Inc: { open: true } }",
       "a.yaml:1:12: tenants.\"Acme Inc\": a name has 1 to 64 of a-z 0-9 . _ - and a letter or digit at both "
       "ends (such as "
       "\"acme-inc\")"},
      {"tenants: [acme]", "a.yaml:1:10: tenants: expected a mapping of names, got a list"},
      {"tenants: { a: { keys: [{ name: k, token: hunter2, may: [publish] }] } }",
       "a.yaml:1:42: tenants.a.keys[0].token: a secret is never written into the configuration (put it into "
       "a file and "
       "name that with token_file, or name an environment variable with token_env)"},
      {"tenants: { a: { keys: [{ name: k, may: [publish] }] } }",
       "a.yaml:1:24: tenants.a.keys[0].token_file: missing: a key needs token_file or token_env"},
      {"tenants: { a: { keys: [{ token_file: good }] } }",
       "a.yaml:1:24: tenants.a.keys[0].name: missing: this key must be given\n"
       "a.yaml:1:24: tenants.a.keys[0].may: missing: this key must be given"},
      {"tenants: { a: { keys: [{ name: k, token_file: short, may: [publish] }] } }",
       "a.yaml:1:47: tenants.a.keys[0].token_file: a token has at least 16 printable characters and no "
       "blanks (make one: "
       "openssl rand -hex 32)"},
      {"tenants: { a: { keys: [{ name: k, token_file: blank, may: [publish] }] } }",
       "a.yaml:1:47: tenants.a.keys[0].token_file: a token has at least 16 printable characters and no "
       "blanks (make one: "
       "openssl rand -hex 32)"},
      {"tenants: { a: { keys: [{ name: k, token_file: good, may: [publihs, fly] }] } }",
       "a.yaml:1:58: tenants.a.keys[0].may: expected some of publish, read, got \"publihs\" (did you mean "
       "\"publish\"?)\n"
       "a.yaml:1:58: tenants.a.keys[0].may: expected some of publish, read, got \"fly\""},
      {"tenants:\n  a:\n    keys:\n      - { name: k, token_file: good, may: [read] }\n"
       "      - { name: k, token_file: good, may: [read] }",
       "a.yaml:5:17: tenants.a.keys[1].name: \"k\" is taken (at a.yaml:4:9)\n"
       "a.yaml:5:32: tenants.a.keys[1].token_file: the same token as \"k\" has"},
      {"tenants: { a: { open: true, limits: { events_per_second: many } } }",
       "a.yaml:1:58: tenants.a.limits.events_per_second: expected a rate such as 500/s, got \"many\" (units: "
       "/s /m /h)"},
      {"tenants: { a: { open: true, targets: { t: { url: x, http: y } } } }",
       "a.yaml:1:43: tenants.a.targets.t: expected one kind of target with its settings (such as { http: { "
       "url: "
       "https://crm.example/events } })"},
      {"tenants: { a: { open: true, targets: { t: } } }",
       "a.yaml:1:40: tenants.a.targets.t: expected one kind of target with its settings (such as { http: { "
       "url: "
       "https://crm.example/events } })"},
      {"tenants: { a: { open: true, channels: { c: { deduplicate: 2d } } } }",
       "a.yaml:1:59: tenants.a.channels.c.deduplicate: expected a duration from 1s to 1d, got 2d"},
      {"tenants: { a: { open: true, channels: { c: { retain: for ever } } } }",
       "a.yaml:1:54: tenants.a.channels.c.retain: expected a duration such as 30s, got \"for ever\""},
      {"tenants: { a: { open: true, channels: { c: { sources: {} } } } }",
       "a.yaml:1:55: tenants.a.channels.c.sources: sources are not built in"},
      {"tenants: { a: { open: true, channels: { c: { schemas: [{ type: t }] } } } }",
       "a.yaml:1:56: tenants.a.channels.c.schemas[0].schema: one of schema, schema_file and name is given"},
      {"tenants: { a: { open: true, channels: { c: { schemas: [{ schema: {} }] } } } }",
       "a.yaml:1:56: tenants.a.channels.c.schemas[0].type: missing: a schema is for the events of a type, or "
       "for those that name it in dataschema"},
      {"tenants: { a: { open: true, channels: { c: { schemas: [{ type: t, schema: {}, schema_file: x }] } } } }",
       "a.yaml:1:92: tenants.a.channels.c.schemas[0].schema_file: there is no file \"x\"\n"
       "a.yaml:1:92: tenants.a.channels.c.schemas[0].schema_file: schema is given too: one of the two is enough"},
      {"tenants: { a: { open: true, channels: { c: { schemas: [{ type: t, schema: [], on_invalid: drop }] } } } }",
       "a.yaml:1:75: tenants.a.channels.c.schemas[0].schema: expected a schema, which is a mapping, got a list\n"
       "a.yaml:1:91: tenants.a.channels.c.schemas[0].on_invalid: expected one of reject, tag, dead_letter, got \"drop\""},
      {"tenants: { a: { open: true, channels: { c: { schemas: [{ type: t, schema: {}, name: x }] } } } }",
       "a.yaml:1:85: tenants.a.channels.c.schemas[0].name: one of schema, schema_file and name is given"},
      {"tenants: { a: { open: true, channels: { c: { schemas: [{ type: t, name: x, version: 0, draft: 7 }] } } } }",
       "a.yaml:1:85: tenants.a.channels.c.schemas[0].version: expected a whole number from 1 to 4000000000, got 0\n"
       "a.yaml:1:95: tenants.a.channels.c.schemas[0].draft: not with name: a schema of the registry stands for itself"},
      {"tenants: { a: { open: true, channels: { c: { schemas: [{ type: t, schema: {}, version: 1 }] } } } }",
       "a.yaml:1:88: tenants.a.channels.c.schemas[0].version: goes with name: schemas of the registry have versions"},
      {"tenants: { a: { open: true, channels: { c: { schemas: [{ type: t, name: \"\" }] } } } }",
       "a.yaml:1:73: tenants.a.channels.c.schemas[0].name: a schema's name has 1 to 255 bytes and no control characters"},
      {"tenants: { a: { open: true, channels: { c: { discover: maybe } } } }",
       "a.yaml:1:56: tenants.a.channels.c.discover: expected true or false, got \"maybe\""},
      {"tenants: { a: { open: true, channels: { c: { discover: { interval: 10ms } } } } }",
       "a.yaml:1:68: tenants.a.channels.c.discover.interval: expected a duration from 1s to 1d, got 10ms"},
      {"tenants: { a: { open: true, schemas: { order: {} } } }",
       "a.yaml:1:47: tenants.a.schemas.order.schema: one of schema and schema_file is given"},
      {"tenants: { a: { open: true, schemas: { order: { schema: {}, compatibility: backwards } } } }",
       "a.yaml:1:76: tenants.a.schemas.order.compatibility: expected one of none, backward, forward, full, got "
       "\"backwards\" (did you mean \"backward\"?)"},
      {"tenants: { a: { open: true, schemas: [] } }",
       "a.yaml:1:38: tenants.a.schemas: expected a mapping of at most 1000 names to schemas"},
      {"tenants: { a: { open: true, channels: { c: { handshake: { allowed: true } } } } }",
       "a.yaml:1:59: tenants.a.channels.c.handshake.allowed: unknown key (did you mean \"allow\"?)"},
  };
  for (const auto& c : cases) {
    read(c.text);
    EXPECT_EQ(told_here(), c.told) << c.text;
    EXPECT_EQ(told_here().find("hunter2"), std::string::npos);
  }
}

TEST_F(SettingsOf, every_fault_of_a_rule_has_its_text) {
  const FaultCase cases[] = {
      {"to: []", "a.yaml:6:14: R.to: a rule has at least one target"},
      {"description: x", "a.yaml:6:9: R.to: missing: this key must be given"},
      {"to: cmr", "a.yaml:6:14: R.to: there is no target \"cmr\" (did you mean \"crm\"?)"},
      {"to: [crm, warehouse]", "a.yaml:6:20: R.to[1]: there is no target \"warehouse\""},
      {"to: [crm, crm]", "a.yaml:6:20: R.to[1]: \"crm\" is named twice"},
      {"to: [{}]", "a.yaml:6:15: R.to[0]: expected the name of a target, got a mapping"},
      {"{ to: crm, pattern: {}, sql: a }", "a.yaml:6:38: R.sql: given beside pattern: a rule has one filter"},
      {"{ to: crm, pattern: [] }",
       "a.yaml:6:29: R.pattern: expected a pattern, which is a mapping, got a list"},
      {"{ to: crm, filters: {} }", "a.yaml:6:29: R.filters: expected a list of filters, got a mapping"},
      {"{ to: crm, sql: [] }", "a.yaml:6:25: R.sql: expected an SQL expression, got a list"},
      {"{ to: crm, sql: }", "a.yaml:6:20: R.sql: expected an SQL expression, got nothing"},
      {"{ to: crm, sql: a, compat: eventbridge }",
       "a.yaml:6:36: R.compat: this is a way to read a pattern, and the rule has none"},
      {"{ to: crm, pattern: {}, compat: aws }",
       "a.yaml:6:41: R.compat: expected one of none, eventbridge, got \"aws\""},
      {"{ to: crm, transform: x }", "a.yaml:6:31: R.transform: expected a mapping, or a list of them, got \"x\""},
      {"{ to: crm, order: keys }",
       "a.yaml:6:27: R.order: expected one of none, key, got \"keys\" (did you mean \"key\"?)"},
      {"{ to: crm, from: yesterday }", "a.yaml:6:26: R.from: expected now, got \"yesterday\""},
      {"{ to: crm, retry: { attempts: 0 } }",
       "a.yaml:6:39: R.retry.attempts: expected a whole number from 1 to 100000, got 0"},
      {"{ to: crm, retry: { factor: 0.5 } }",
       "a.yaml:6:37: R.retry.factor: expected a number from 1 to 100, got 0.5"},
      {"{ to: crm, retry: { initial: 10s, max: 1s } }",
       "a.yaml:6:48: R.retry.max: this is less than the first wait (initial)"},
      {"{ to: crm, retry: { jiter: full } }",
       "a.yaml:6:29: R.retry.jiter: unknown key (did you mean \"jitter\"?)"},
      {"{ to: crm, filter: {} }", "a.yaml:6:20: R.filter: unknown key (did you mean \"filters\"?)"},
  };
  for (const auto& c : cases) {
    read(std::string("tenants:\n  acme:\n    open: true\n    targets: { crm: { http: { url: x } } }\n"
                     "    channels: { c: { rules: { r:\n        ") +
         (c.text[0] == '{' ? c.text : "{" + std::string(c.text) + "}") + " } } }\n");
    std::string expected = c.told;
    for (std::size_t at; (at = expected.find(" R.")) != std::string::npos;)
      expected.replace(at, 3, " tenants.acme.channels.c.rules.r.");
    EXPECT_EQ(told_here(), expected) << c.text;
  }
}

TEST_F(SettingsOf, a_tenant_without_keys_is_open_where_only_this_machine_reaches_it) {
  for (auto listen : {"127.0.0.1:8080", "127.8.9.1:1", "\"[::1]:8080\"", "\"[::ffff:127.0.0.1]:8080\""}) {
    const auto settings =
        read(std::string("server: { ingest: { listen: ") + listen + " } }\ntenants: { acme: }\n");
    EXPECT_EQ(told_here(), "") << listen;
    EXPECT_TRUE(settings.tenants.at("acme").open);
  }
  for (auto listen : {"10.0.0.1:8080", "\"[::]:8080\"", "\"[::ffff:10.0.0.1]:8080\""}) {
    read(std::string("server: { ingest: { listen: ") + listen + " } }\ntenants: { acme: }\n");
    EXPECT_EQ(diagnostics_.faults().size(), 1u) << listen;
  }
}

TEST_F(SettingsOf, port_zero_may_be_given_twice) {
  read("server: { ingest: { listen: 127.0.0.1:0 }, admin: { listen: 127.0.0.1:0 } }");
  EXPECT_EQ(told_here(), "");
}

TEST_F(SettingsOf, a_first_wait_above_the_default_longest_raises_it) {
  const auto settings = read(
      "server: { ingest: { listen: 127.0.0.1:1 } }\n"
      "tenants: { a: { targets: { t: { http: {} } }, channels: { c: { rules: { r: { to: t, retry: { initial: "
      "1h } } } } } } }");
  EXPECT_EQ(told_here(), "");
  EXPECT_EQ(settings.tenants.at("a").channels.at("c").rules.at("r").retry.max, 1h);
}

TEST_F(SettingsOf, rules_are_read_without_any_secret) {
  const auto file = folder_.write("a.yaml", R"(
server:
  admin: { listen: 0.0.0.0:1, tokens: [{ name: op, token_file: not-there, may: [read] }] }
  limits: { event: 2KiB, json_depth: 7 }
tenants:
  acme:
    keys: [{ name: shop, token_file: not-there, may: [publish] }]
    targets: { crm: { http: { url: "https://crm.example/", auth: { bearer: { token_file: not-there } } } } }
    channels: { orders: { rules: { all: { to: [crm] } } } }
)");
  const auto tree = load(file, {}, diagnostics_);
  const auto settings = read_rules(tree.root, diagnostics_);
  EXPECT_EQ(told_here(), "");
  EXPECT_EQ(settings.server.limits.event.value, 2048u);
  EXPECT_EQ(settings.server.limits.json_depth, 7u);
  EXPECT_EQ(settings.tenants.at("acme").channels.at("orders").rules.at("all").to,
            std::vector<std::string>{"crm"});
}

TEST_F(SettingsOf, rules_read_alone_have_their_faults_told) {
  const auto file = folder_.write("a.yaml", R"(
tenants:
  acme:
    targets: { crm: { http: {} } }
    channels: { orders: { rules: { all: { to: [crn] } } } }
)");
  const auto tree = load(file, {}, diagnostics_);
  read_rules(tree.root, diagnostics_);
  EXPECT_NE(told_here().find("a.yaml:5:48: "), std::string::npos) << told_here();
}

TEST_F(SettingsOf, names_are_told_from_what_is_none) {
  const std::pair<const char*, bool> cases[] = {
      {"a", true},
      {"a.b_c-d9", true},
      {"9", true},
      {"A", false},
      {"-a", false},
      {"a-", false},
      {"a b", false},
      {"ä", false},
      {"a/b", false},
      {"..", false},
      {"a23456789012345678901234567890123456789012345678901234567890123x", true},
      {"a234567890123456789012345678901234567890123456789012345678901234x", false}};
  for (const auto& [name, fine] : cases) {
    read(std::string("server: { ingest: { listen: 127.0.0.1:1 } }\ntenants: { \"") + name + "\": {} }\n");
    EXPECT_EQ(diagnostics_.clean(), fine) << name;
  }
}

}  // namespace
}  // namespace signalbox::config
