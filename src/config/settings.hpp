#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "signalbox/clock.hpp"
#include "signalbox/config_node.hpp"
#include "signalbox/ids.hpp"
#include "signalbox/secret.hpp"

/// What a configuration says, typed.  Values; the defaults stand here and nowhere else.  Every key is
/// explained in config/signalbox.reference.yaml.
namespace signalbox::config {

/// Bytes.
constexpr std::uint64_t kMiB = 1 << 20, kGiB = 1 << 30;

/// Files in PEM; relative names have been made to lie beside the configuration file.  An empty certificate:
/// no TLS.
struct Tls {
  std::string certificate;
  std::string key;
  std::string client_ca;
  bool operator==(const Tls&) const = default;
};

/// A bearer token of the admin API.
struct AdminToken {
  std::string name;
  Secret token;
  bool may_read = false;
  bool may_operate = false;
};

struct Ingest {
  std::string listen = "0.0.0.0:8080";
  Tls tls;
  bool operator==(const Ingest&) const = default;
};

struct Admin {
  std::string listen = "127.0.0.1:8081";
  Tls tls;
  std::vector<AdminToken> tokens;  ///< empty: open to all who reach it, which is loopback only
};

/// Bounds on what comes in, the same for all tenants.
struct ServerLimits {
  Bytes event{1 << 20};
  unsigned batch_events = 1000;
  Bytes batch_bytes{8 << 20};
  Bytes head{16 << 10};
  unsigned json_depth = 64;
  unsigned attributes = 100;
  unsigned connections = 10'000;
  Bytes body_memory{256 << 20};
  Duration head_timeout = std::chrono::seconds(10);
  Duration body_timeout = std::chrono::seconds(30);
  Duration idle_timeout = std::chrono::seconds(75);
  Duration write_timeout = std::chrono::seconds(30);
  bool operator==(const ServerLimits&) const = default;
};

struct Log {
  enum class Level : std::uint8_t { debug, info, warning, error };
  enum class Format : std::uint8_t { text, json };
  Level level = Level::info;
  Format format = Format::text;
  bool operator==(const Log&) const = default;
};

struct Server {
  Ingest ingest;
  Admin admin;
  unsigned threads = 0;  ///< 0: one per core
  std::optional<ChannelName> default_channel;
  Duration shutdown_timeout = std::chrono::seconds(30);
  ServerLimits limits;
  Log log;
};

struct Store {
  enum class Engine : std::uint8_t { rocksdb, memory };
  enum class Durability : std::uint8_t { fsync, os };
  Engine engine = Engine::rocksdb;
  std::string path = "/var/lib/signalbox";  ///< relative: to the working directory
  Durability durability = Durability::fsync;
  Bytes min_free{1 << 30};
  Duration checkpoint_interval = std::chrono::milliseconds(200);
  Bytes write_buffer{64 << 20};
  Bytes cache{64 << 20};
  Duration dead_letter_retain = std::chrono::hours(24 * 30);
  bool operator==(const Store&) const = default;
};

/// Processes that run jq programs.
struct Jq {
  unsigned workers = 0;  ///< 0: one per core, at most 4
  Duration time_limit = std::chrono::seconds(1);
  Bytes memory{256 << 20};
  bool operator==(const Jq&) const = default;
};

struct Delivery {
  Bytes tail_memory{64 << 20};
  Jq jq;
  bool operator==(const Delivery&) const = default;
};

/// A tenant's bearer token on the ingest API.
struct TenantKey {
  std::string name;
  Secret token;
  bool may_publish = false;
  bool may_read = false;
};

struct TenantLimits {
  Rate events_per_second;  ///< 0: no limit
  Bytes stored_bytes;      ///< 0: no limit
  bool operator==(const TenantLimits&) const = default;
};

/// A target as written; its kind's factory reads the node.
struct Target {
  std::string kind;  ///< "http"
  Place kind_place;  ///< where the kind is named: for a fault about a kind nobody knows
  std::string path;  ///< "tenants.acme.targets.crm.http"
  ConfigNode node;   ///< the value under the kind
};

/// Answers to the CloudEvents web-hook validation handshake.
struct Handshake {
  bool allow = false;
  std::vector<std::string> origins = {"*"};
  Rate rate;  ///< 0: any
  bool operator==(const Handshake&) const = default;
};

/// A rule's filter as written.
struct Filter {
  enum class Kind : std::uint8_t { everything, pattern, filters, sql };
  Kind kind = Kind::everything;
  std::string text;                 ///< JSON of a pattern or of filters, or the SQL expression
  bool eventbridge_compat = false;  ///< exactly event-ruler's reading of a pattern
  Place place;                      ///< of the value, for faults found when it is compiled
  std::string path;
};

struct Retry {
  enum class Jitter : std::uint8_t { none, full };
  std::uint32_t attempts = 185;
  Duration initial = std::chrono::seconds(1);
  double factor = 2;
  Duration max = std::chrono::minutes(10);
  Jitter jitter = Jitter::full;
  Duration max_age = std::chrono::hours(24);
  bool operator==(const Retry&) const = default;
};

/// A share of a rule's events, by their key, as written; compiled with the filters.
struct Split {
  std::string by;    ///< an attribute, a path, or a template of paths
  std::string take;  ///< "10%" or "10%-30%"
  std::string salt;
  Place by_place, take_place;
  std::string path;  ///< of the mapping
};

/// A rule's choice of one of its targets for each event, as written; compiled with the filters.
struct Choice {
  std::string text;       ///< a template that gives the target's name
  std::string otherwise;  ///< for events that it gives no target for; "": a dead letter
  Place place;
  std::string path;
};

/// How a rule shares events with the other rules of its channel.
struct Routing {
  std::string group;        ///< of the rules of one group that match an event, the first takes it; "": no group
  unsigned priority = 0;    ///< within the group: the lowest is first
  bool otherwise = false;   ///< `else`: takes what no other rule of its group takes, without one, of its channel
  std::optional<Split> split;
};

/// How a rule gathers events into one delivery, as written; the key is compiled with the filters.
struct Aggregate {
  enum class Form : std::uint8_t { event, batch };
  std::string by;                     ///< an attribute, a path, or a template of paths; "": no key
  Duration every = std::chrono::hours(1);
  unsigned up_to = 1'000;
  Bytes bytes{1'000 << 10};
  Form form = Form::event;
  Place by_place;
  std::string path;  ///< of the mapping
};

struct Rule {
  enum class Order : std::uint8_t { none, key };
  std::string description;
  bool enabled = true;
  Filter filter;
  std::optional<ConfigNode> transform;
  std::vector<std::string> to;  ///< names of targets of the tenant, at least one, each once
  std::optional<Choice> choice; ///< of one of them for each event; nullopt: each event goes to all
  Retry retry;
  Order order = Order::none;
  std::optional<Aggregate> aggregate;  ///< nullopt: each event is delivered by itself
  Routing routing;
  Place place;       ///< of its name
  std::string path;  ///< "tenants.acme.channels.orders.rules.big"
};

/// What becomes of events that no rule takes.
struct Unrouted {
  enum class Kind : std::uint8_t { drop, dead_letter, target };
  Kind kind = Kind::drop;
  std::string target{};  ///< of Kind::target: a name
  Place place{};         ///< of the value, when it is given
  std::string path{};
};

/// A schema for the data of events of a channel, as written.
struct EventSchema {
  enum class OnInvalid : std::uint8_t { tag, dead_letter, reject };
  enum class Draft : std::uint8_t { v7, v2020_12 };
  std::string type;        ///< "": of any type
  std::string dataschema;  ///< "": whatever theirs; one of the two is given
  std::string text;        ///< JSON; "": of the registry, see `name`
  std::string name;        ///< of a schema of the tenant's registry; "": the text stands here
  unsigned version = 0;    ///< of that; 0: the latest
  std::map<std::string, std::string, std::less<>> references;  ///< texts of the documents that it refers to, by URI
  OnInvalid on_invalid = OnInvalid::reject;
  Draft draft = Draft::v2020_12;  ///< where the text does not say
  bool checks_format = false;
  Place place;  ///< for faults found when it is compiled
  std::string path;
};

/// Whether schemas are made of a channel's events.
struct Discovery {
  bool on = false;
  Duration interval = std::chrono::seconds(10);  ///< between two versions of one schema, at least
  bool operator==(const Discovery&) const = default;
};

/// A schema of the tenant's registry, as written.
struct RegistrySchema {
  enum class Compatibility : std::uint8_t { none, backward, forward, full };
  std::string text;  ///< JSON
  Compatibility compatibility = Compatibility::backward;
  Place place;  ///< of its name
  std::string path;
};

struct Channel {
  Duration retain = std::chrono::hours(24 * 7);
  Duration deduplicate{};  ///< zero: only where a request asks for it
  Unrouted unrouted;
  Handshake handshake;
  std::vector<EventSchema> schemas;
  Discovery discovery;
  std::map<std::string, Rule, std::less<>> rules;
};

struct Tenant {
  bool open = false;  ///< without keys: whoever reaches ingest may publish
  std::vector<TenantKey> keys;
  TenantLimits limits;
  std::map<std::string, RegistrySchema, std::less<>> schemas;
  std::map<std::string, Target, std::less<>> targets;
  std::map<std::string, Channel, std::less<>> channels;
};

struct Settings {
  Server server;
  Store store;
  Delivery delivery;
  std::map<std::string, Tenant, std::less<>> tenants;
};

/// Reads a whole tree.  Secrets are read from where they lie.  Every fault goes to `out`; with any of them
/// (warnings aside) the settings are not fit for use.
Settings read_settings(const ConfigNode& root, Diagnostics& out);

/// Reads only what decides which events a rule takes: the tenants' targets and channels, and the limits on
/// events.  No secret is read, so it needs no right to; faults elsewhere are not looked for.
Settings read_rules(const ConfigNode& root, Diagnostics& out);

}  // namespace signalbox::config
