#include "registry/schema_registry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "base/config_path.hpp"
#include "base/nearest_name.hpp"
#include "event/characters.hpp"

namespace signalbox::registry {

namespace asio = boost::asio;

namespace {

Candidate candidate_for(const Proposal& proposal, const RegisteredSchema* known) {
  Candidate candidate;
  candidate.text = proposal.text;
  candidate.compatibility =
      proposal.compatibility.value_or(known ? known->compatibility : schema::Compatibility::backward);
  if (known) {
    const auto& latest = known->versions.back();
    candidate.latest = std::shared_ptr<const std::string>(latest, &latest->text());
  }
  return candidate;
}

Result<RegisteredSchema> registered(StoredSchema stored) {
  const auto compatibility = schema::parse_compatibility(stored.compatibility);
  if (!compatibility || stored.versions.empty())
    return Error(Errc::corrupt,
                 fmt::format("schema {} of tenant {} cannot be read; restore the store from a backup",
                             base::in_quotes(stored.name), stored.tenant));
  RegisteredSchema schema;
  schema.name = std::move(stored.name);
  schema.compatibility = *compatibility;
  schema.discovered = stored.discovered;
  schema.last_version = stored.last_version;
  for (auto& version : stored.versions)
    schema.versions.push_back(std::make_shared<const RegisteredVersion>(std::move(version)));
  return schema;
}

std::size_t text_bytes_of(const TenantSchemas& schemas) {
  std::size_t sum = 0;
  for (const auto& [name, schema] : schemas) sum += schema->text_bytes();
  return sum;
}

/// What is at fault with a declaration, reason by reason.
void report(const Declaration& declaration, const Error& error, Diagnostics& out) {
  const auto say = [&](std::string message) {
    out.add({declaration.place, declaration.path, std::move(message), ""});
  };
  if (error.details.empty() || error.code != Errc::conflict) return say(error.message);
  for (const auto& detail : error.details)
    say(fmt::format("not compatible with the latest version that is registered: {}{}{}", detail.where,
                    detail.where.empty() ? "" : ": ", detail.message));
}

std::string version_list(const RegisteredSchema& schema) {
  if (schema.versions.size() == 1) return std::to_string(schema.latest().number());
  return fmt::format("{} to {}", schema.versions.front()->number(), schema.latest().number());
}

}  // namespace

SchemaRegistry::SchemaRegistry(asio::any_io_executor executor, SchemaStore& store, Clock& clock,
                               Bounds bounds)
    : strand_(asio::make_strand(std::move(executor))),
      store_(store),
      clock_(clock),
      bounds_(bounds),
      snapshot_(std::make_shared<const Snapshot>()),
      changed_(strand_),
      pool_(1) {}

// What is begun is brought to its end: who asked may go away meanwhile, those whom the listener tells do not.

asio::awaitable<Status> SchemaRegistry::load() {
  return asio::co_spawn(strand_, load_on_strand(), asio::use_awaitable);
}

asio::awaitable<Result<Registration>> SchemaRegistry::put(Proposal proposal) {
  return asio::co_spawn(strand_, propose(std::move(proposal), Origin::person), asio::use_awaitable);
}

asio::awaitable<Result<Registration>> SchemaRegistry::discover(Proposal proposal) {
  return asio::co_spawn(strand_, propose(std::move(proposal), Origin::events), asio::use_awaitable);
}

asio::awaitable<Result<std::size_t>> SchemaRegistry::remove(std::string tenant, std::string name,
                                                            std::uint32_t version) {
  return asio::co_spawn(strand_, remove_on_strand(std::move(tenant), std::move(name), version),
                        asio::use_awaitable);
}

asio::awaitable<Status> SchemaRegistry::declare(Declarations wanted, Diagnostics& out) {
  return asio::co_spawn(strand_, declare_on_strand(std::move(wanted), out), asio::use_awaitable);
}

asio::awaitable<void> SchemaRegistry::refresh() {
  return asio::co_spawn(strand_, refresh_on_strand(), asio::use_awaitable);
}

asio::awaitable<Status> SchemaRegistry::load_on_strand() {
  auto stored = co_await store_.load();
  if (!stored) co_return stored.error();
  std::map<std::string, TenantSchemas> tenants;
  for (auto& one : *stored) {
    auto& schemas = tenants[one.tenant];
    auto schema = registered(std::move(one));
    if (!schema) co_return schema.error();
    auto name = schema->name;
    schemas.emplace(std::move(name), std::make_shared<const RegisteredSchema>(std::move(*schema)));
  }
  auto snapshot = std::make_shared<Snapshot>();
  for (auto& [tenant, schemas] : tenants)
    snapshot->tenants.emplace(tenant, std::make_shared<const TenantSchemas>(std::move(schemas)));
  snapshot_.store(std::move(snapshot));
  co_return ok();
}

asio::awaitable<Result<Registration>> SchemaRegistry::propose(Proposal proposal, Origin origin) {
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  while (changing_) co_await changed_.wait();
  const base::Busy busy(changing_, changed_);
  Draft draft(*snapshot_.load());
  const auto known = draft.now().find(proposal.tenant, proposal.name);
  if (auto allowed = may_change(proposal, known.get(), origin); !allowed) co_return allowed.error();
  auto judging = [candidate = candidate_for(proposal, known.get())] { return judge(candidate); };
  auto judgement = co_await pool_.run(std::move(judging));
  if (!judgement) co_return judgement.error();
  const auto compiled = judgement->compiled;  // kept for those whom the listener tells
  auto registration = add(draft, proposal, std::move(*judgement), origin);
  if (!registration) co_return registration.error();
  if (auto kept = co_await keep(draft); !kept) co_return kept.error();
  if (registration->created && origin == Origin::events) count_discovered(proposal.tenant);
  if (registration->created) co_await tell(proposal.tenant);
  co_return registration;
}

void SchemaRegistry::count_discovered(const std::string& tenant) {
  const std::lock_guard lock(counting_);
  ++discovered_[tenant];
}

std::map<std::string, std::uint64_t> SchemaRegistry::discovered_versions() const {
  const std::lock_guard lock(counting_);
  return discovered_;
}

Status SchemaRegistry::may_change(const Proposal& proposal, const RegisteredSchema* known,
                                  Origin origin) const {
  if (!is_schema_name(proposal.name) || !event::is_utf8(proposal.name))
    return Error(Errc::invalid_argument, std::string(kSchemaNameRule));
  if (!known || origin == Origin::configuration) return ok();
  if (known->declared)
    return Error(Errc::conflict, "the configuration declares this schema; change it there and reload");
  if (origin == Origin::events && !known->discovered)
    return Error(Errc::conflict, "a schema of this name was not discovered but registered");
  return ok();
}

Result<Registration> SchemaRegistry::add(Draft& draft, const Proposal& proposal, Judgement judgement,
                                         Origin origin) const {
  const auto known = draft.now().find(proposal.tenant, proposal.name);
  auto next = known ? *known : RegisteredSchema();
  next.name = proposal.name;
  next.compatibility = proposal.compatibility.value_or(next.compatibility);
  next.discovered = origin == Origin::events;
  next.declared = origin == Origin::configuration;
  const auto number = judgement.same ? known->latest().number() : next.last_version + 1;
  if (proposal.version && *proposal.version != number)
    return Error(Errc::conflict, fmt::format("this is version {}, not {}", number, *proposal.version));
  if (judgement.same) {
    if (next.compatibility != known->compatibility || next.discovered != known->discovered)
      draft.put(proposal.tenant, std::move(next), {}, {});
    else
      draft.set_declared(proposal.tenant, proposal.name, next.declared);
    return Registration{number, false};
  }

  const auto& others = draft.now().of(proposal.tenant);
  if (!known && others.size() >= bounds_.schemas)
    return Error(Errc::conflict,
                 fmt::format("the tenant has {} schemas, which is the most", bounds_.schemas));
  std::vector<std::uint32_t> erased;
  if (next.versions.size() >= bounds_.versions) {
    const auto oldest = std::ranges::find_if(next.versions, [&](const auto& version) {
      return use_of(proposal.tenant, next, version->number()) == nullptr;
    });
    if (origin != Origin::events || oldest == next.versions.end())
      return Error(
          Errc::conflict,
          fmt::format("the schema has {} versions, which is the most; delete old ones", bounds_.versions));
    erased.push_back((*oldest)->number());
    next.versions.erase(oldest);
  }
  if (text_bytes_of(others) + proposal.text.size() > bounds_.text_bytes)
    return Error(Errc::conflict,
                 fmt::format("the tenant's schemas would have more than {} MiB; delete old versions",
                             bounds_.text_bytes >> 20));
  std::vector<SchemaVersion> added(1);
  added[0].number = next.last_version = number;
  added[0].created_at = clock_.wall_now();
  added[0].text = proposal.text;
  next.versions.push_back(std::make_shared<const RegisteredVersion>(added[0], std::move(judgement.compiled)));
  draft.put(proposal.tenant, std::move(next), std::move(added), std::move(erased));
  return Registration{number, true};
}

/// Writes the draft; then it is how it is.
asio::awaitable<Status> SchemaRegistry::keep(Draft& draft) {
  if (!draft.changes().empty()) {
    auto changes = std::move(draft.changes());
    auto status = co_await store_.apply(std::move(changes));
    if (!status) co_return status;
  }
  snapshot_.store(std::make_shared<const Snapshot>(draft.now()));
  co_return ok();
}

asio::awaitable<void> SchemaRegistry::tell(std::string tenant) {
  if (!listener_) co_return;
  auto telling = [this, tenant = std::move(tenant), now = snapshot_.load()] {
    listener_(*now, tenant);
    return true;
  };
  co_await pool_.run(std::move(telling));
}

asio::awaitable<void> SchemaRegistry::refresh_on_strand() {
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  while (changing_) co_await changed_.wait();
  const base::Busy busy(changing_, changed_);
  co_await tell("");
}

// --- Deleting ------------------------------------------------------------------------------------------------

/// A channel's use of the version, or with `version` 0 of the schema.
const Use* SchemaRegistry::use_of(std::string_view tenant, const RegisteredSchema& schema,
                                  std::uint32_t version) const {
  const bool is_latest = version != 0 && version == schema.latest().number();
  const auto found = std::ranges::find_if(uses_, [&](const Use& use) {
    return use.tenant == tenant && use.name == schema.name &&
           (version == 0 || use.version == version || (use.version == 0 && is_latest));
  });
  return found == uses_.end() ? nullptr : &*found;
}

asio::awaitable<Result<std::size_t>> SchemaRegistry::remove_on_strand(std::string tenant, std::string name,
                                                                      std::uint32_t version) {
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  while (changing_) co_await changed_.wait();
  const base::Busy busy(changing_, changed_);
  Draft draft(*snapshot_.load());
  auto gone = take_away(draft, tenant, name, version);
  if (!gone) co_return gone.error();
  if (auto kept = co_await keep(draft); !kept) co_return kept.error();
  co_return gone;
}

Result<std::size_t> SchemaRegistry::take_away(Draft& draft, const std::string& tenant,
                                              const std::string& name, std::uint32_t version) const {
  const auto known = draft.now().find(tenant, name);
  if (!known) return Error(Errc::not_found, "no such schema");
  if (known->find(version) == nullptr) return Error(Errc::not_found, "the schema has no such version");
  const bool latest = version == 0 || version == known->latest().number();
  if (known->declared && latest)
    return Error(Errc::conflict,
                 "the configuration declares this schema; take it out there first, and reload");
  if (const auto* use = use_of(tenant, *known, version))
    return Error(
        Errc::conflict,
        fmt::format("channel {} checks its events with {}; change that first, and reload", use->channel,
                    use->version == 0 ? "the latest version" : fmt::format("version {}", use->version)));
  if (version == 0 || known->versions.size() == 1) {
    const auto count = known->versions.size();
    draft.erase(tenant, name);
    return count;
  }
  auto next = *known;
  std::erase_if(next.versions, [version](const auto& one) { return one->number() == version; });
  draft.put(tenant, std::move(next), {}, {version});
  return std::size_t{1};
}

// --- The configuration ---------------------------------------------------------------------------------------

asio::awaitable<Status> SchemaRegistry::declare_on_strand(Declarations wanted, Diagnostics& out) {
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  while (changing_) co_await changed_.wait();
  const base::Busy busy(changing_, changed_);
  Draft draft(*snapshot_.load());
  std::vector<Candidate> candidates;
  for (const auto& [proposal, place, path] : wanted.schemas)
    candidates.push_back(candidate_for(proposal, draft.now().find(proposal.tenant, proposal.name).get()));
  auto judging = [candidates = std::move(candidates)] {
    std::vector<Result<Judgement>> judgements;
    for (const auto& candidate : candidates) judgements.push_back(judge(candidate));
    return judgements;
  };
  auto judgements = co_await pool_.run(std::move(judging));

  const auto before = snapshot_.load();
  for (const auto& [tenant, schemas] : before->tenants)  // those that are declared still say so below
    for (const auto& [name, schema] : *schemas) draft.set_declared(tenant, name, false);
  for (std::size_t i = 0; i < wanted.schemas.size(); ++i) {
    const auto& declaration = wanted.schemas[i];
    auto& judgement = judgements[i];
    if (!judgement) {
      report(declaration, judgement.error(), out);
    } else if (auto added = add(draft, declaration.proposal, std::move(*judgement), Origin::configuration);
               !added) {
      report(declaration, added.error(), out);
    }
  }
  check_uses(draft, wanted.uses, out);
  if (!out.clean()) co_return ok();
  if (auto kept = co_await keep(draft); !kept) co_return kept;
  uses_ = std::move(wanted.uses);
  co_return ok();
}

void SchemaRegistry::check_uses(const Draft& draft, const std::vector<Use>& uses, Diagnostics& out) const {
  for (const auto& use : uses) {
    const auto schema = draft.now().find(use.tenant, use.name);
    if (!schema) {
      std::vector<std::string_view> known;
      for (const auto& [name, one] : draft.now().of(use.tenant)) known.push_back(name);
      const auto nearest = base::nearest_name(use.name, known);
      out.add({use.place, use.path, "the tenant has no schema " + base::in_quotes(use.name),
               nearest.empty() ? "declare it under the tenant's schemas, or register it first"
                               : fmt::format("did you mean \"{}\"?", nearest)});
    } else if (schema->find(use.version) == nullptr) {
      out.add({use.place, use.path,
               fmt::format("schema {} has no version {}", base::in_quotes(use.name), use.version),
               "it has " + version_list(*schema)});
    }
  }
}

}  // namespace signalbox::registry
