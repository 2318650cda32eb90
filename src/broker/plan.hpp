#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/aggregate.hpp"
#include "delivery/retry_schedule.hpp"
#include "pipeline/filter.hpp"
#include "pipeline/route.hpp"
#include "pipeline/transformer.hpp"
#include "schema/event_schemas.hpp"
#include "signalbox/event_sampler.hpp"
#include "signalbox/program_runner.hpp"
#include "signalbox/target_factory.hpp"

namespace signalbox::broker {

// What the broker is to run: the configuration, checked and compiled.  Values; a reload makes a new one.

enum class Order : std::uint8_t {
  none,
  key,  ///< events of one `partitionkey` (else `subject`) reach a target in log order
};

struct RulePlan {
  std::string name;
  std::string description;
  bool enabled = true;  ///< false: matches nothing; what waits goes on waiting
  pipeline::FilterSpec filter_spec;
  std::shared_ptr<const pipeline::Filter> filter;
  std::shared_ptr<const pipeline::Transformer> transformer;  ///< nullptr: as it is
  std::vector<std::string> targets;                          ///< names in TenantPlan::targets
  delivery::RetryPolicy retry;
  Order order = Order::none;
  std::optional<Aggregate> aggregate;  ///< nullopt: each event is delivered by itself
  pipeline::Route route;  ///< how it shares events with the other rules
};

/// The built-in rule that takes what no other rule of its channel does.  No rule can be configured under this name.
inline constexpr const char* kUnroutedRule = "_unrouted";

RulePlan make_unrouted_rule(std::string target);

/// The built-in rule of events whose data does not fit a schema that makes dead letters of them.  No rule can be
/// configured under this name; none is matched by it.
inline constexpr const char* kInvalidRule = "_invalid";

RulePlan make_invalid_rule();

// A rule that chooses one of its targets for each event runs as several, one for each choice, that differ in where they
// deliver to: "by-region:eu-crm" is by-region's choice of eu-crm.

/// The choice for events that none of the targets is named for.  No target can be configured under this name.
inline constexpr const char* kNoChoice = "_otherwise";

std::string choice_name(std::string_view rule, std::string_view choice);
/// The rule as it is configured: without a choice.
std::string_view configured_rule(std::string_view name);
/// Whether `asked` is the rule, or as configured.
bool is_rule(std::string_view name, std::string_view asked);

struct ChannelPlan {
  Duration retain = std::chrono::hours(24 * 7);
  Duration deduplicate{};  ///< zero: only for requests that ask for it
  std::shared_ptr<const schema::EventSchemas> schemas;  ///< nullptr: none
  std::vector<schema::SchemaUse> schema_uses;           ///< what they were made of
  bool discover = false;                                ///< schemas are made of its events
  std::vector<RulePlan> rules;
};

struct TenantLimits {
  Rate events;          ///< accepted events a second over all channels; 0: no limit
  Bytes stored;         ///< over all channels; 0: no limit
  bool operator==(const TenantLimits&) const = default;
};

struct TenantPlan {
  TenantLimits limits;
  std::map<std::string, std::shared_ptr<const TargetPlan>> targets;
  std::map<std::string, ChannelPlan> channels;
};

struct Plan {
  std::map<std::string, TenantPlan> tenants;
};

/// Bounds of the broker's own memory and the pace of its bookkeeping.
struct BrokerOptions {
  Duration checkpoint_interval = std::chrono::milliseconds(200);  ///< at most half a second (promise 2)
  std::size_t tail_memory = 64 << 20;       ///< bytes of events waiting in memory, over all lanes
  std::size_t uncommitted_events = 65'536;  ///< per channel; past it publish() answers overloaded
  std::size_t uncommitted_bytes = 64 << 20; ///< per channel
  Duration dead_letter_retain = std::chrono::hours(24 * 30);  ///< older dead letters are deleted, counted as dead for ever
  std::uint64_t seed = 0;                   ///< of the jitter
  EventSampler* sampler = nullptr;          ///< of channels that discover; outlives the broker; nullptr: none is shown
  ProgramRunner* programs = nullptr;        ///< of transforms; outlives the broker; nullptr: such transforms fail
};

}  // namespace signalbox::broker
