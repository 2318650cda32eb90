#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/blocking_pool.hpp"
#include "base/published.hpp"
#include "base/wakeup.hpp"
#include "registry/draft.hpp"
#include "registry/judgement.hpp"
#include "registry/registered_schema.hpp"
#include "signalbox/clock.hpp"
#include "signalbox/config_node.hpp"
#include "signalbox/schema_store.hpp"

namespace signalbox::registry {

/// What a tenant may have.
struct Bounds {
  std::size_t schemas = 1'000;
  std::size_t versions = 100;         ///< of one schema
  std::size_t text_bytes = 32 << 20;  ///< of all versions of all schemas
};

/// A text that is to become a version of a schema.
struct Proposal {
  std::string tenant, name, text;
  std::optional<schema::Compatibility>
      compatibility{};                     ///< from now on; nullopt: as it is, backward for a new schema
  std::optional<std::uint32_t> version{};  ///< the number that it must come to; nullopt: any
};

/// What became of a proposal.
struct Registration {
  std::uint32_t version = 0;
  bool created = false;  ///< false: the latest version is the same already
};

/// What the configuration says of a schema.
struct Declaration {
  Proposal proposal;
  Place place;
  std::string path;
};

/// A channel's use of a schema.
struct Use {
  std::string tenant, channel, name;
  std::uint32_t version = 0;  ///< 0: the latest, whichever that is
  Place place{};
  std::string path{};
};

/// All that a configuration says of schemas.
struct Declarations {
  std::vector<Declaration> schemas;
  std::vector<Use> uses;
};

/// The schemas of all tenants with their versions: what is registered is durable before it is seen.
///
/// A version is never changed.  A text that equals the latest version as JSON makes no new one.  Each new
/// version must be compatible with the one before it, as the schema's compatibility says.
///
/// Thread-safe; changes wait for each other.
class SchemaRegistry {
 public:
  /// Called after a change, before it is answered, on a thread that may block; never by two at once. `tenant`
  /// "": any may have changed.
  using Listener = std::function<void(const Snapshot& now, std::string_view tenant)>;

  /// `store` and `clock` outlive it.  REQUIRES: no call is under way when it dies.
  SchemaRegistry(boost::asio::any_io_executor executor, SchemaStore& store, Clock& clock, Bounds bounds = {});

  /// Before load() and any change.
  void set_listener(Listener listener) { listener_ = std::move(listener); }

  /// Reads what is stored; once, before all else.  Errors: storage, corrupt.
  boost::asio::awaitable<Status> load();

  std::shared_ptr<const Snapshot> snapshot() const { return snapshot_.load(); }

  /// By tenant: versions that discover() has registered since the start of the process.
  std::map<std::string, std::uint64_t> discovered_versions() const;

  /// Registers what a person sends.  It takes a discovered schema over.
  /// Errors: invalid_argument (the name), invalid_data (no schema), too_large, conflict (incompatible:
  /// `details` say why; declared by the configuration; a bound; another number than `version`), and those of
  /// the store.
  boost::asio::awaitable<Result<Registration>> put(Proposal proposal);

  /// Registers what was made from events.  The oldest versions that no channel names give way to it.
  /// Errors: as of put(); conflict, too, when the schema is not a discovered one.
  boost::asio::awaitable<Result<Registration>> discover(Proposal proposal);

  /// Deletes a version, or all with `version` 0.  How many are gone.  The number of a version is not given
  /// again as long as others of its schema are there. Errors: not_found, conflict (in use by a channel,
  /// declared by the configuration), and those of the store.
  boost::asio::awaitable<Result<std::size_t>> remove(std::string tenant, std::string name,
                                                     std::uint32_t version);

  /// Makes the registry have what a configuration declares, or nothing of it when something of it is at
  /// fault: then `out` says what, with its place.  From then on the configuration's uses protect their
  /// schemas. Errors: those of the store.
  boost::asio::awaitable<Status> declare(Declarations wanted, Diagnostics& out);

  /// Calls the listener for all tenants, after all changes under way.
  boost::asio::awaitable<void> refresh();

 private:
  enum class Origin { person, configuration, events };

  boost::asio::awaitable<Status> load_on_strand();
  boost::asio::awaitable<Result<Registration>> propose(Proposal proposal, Origin origin);
  boost::asio::awaitable<Result<std::size_t>> remove_on_strand(std::string tenant, std::string name,
                                                               std::uint32_t version);
  boost::asio::awaitable<Status> declare_on_strand(Declarations wanted, Diagnostics& out);
  boost::asio::awaitable<void> refresh_on_strand();
  boost::asio::awaitable<Status> keep(Draft& draft);
  void count_discovered(const std::string& tenant);
  boost::asio::awaitable<void> tell(std::string tenant);
  Status may_change(const Proposal& proposal, const RegisteredSchema* known, Origin origin) const;
  Result<Registration> add(Draft& draft, const Proposal& proposal, Judgement judgement, Origin origin) const;
  Result<std::size_t> take_away(Draft& draft, const std::string& tenant, const std::string& name,
                                std::uint32_t version) const;
  const Use* use_of(std::string_view tenant, const RegisteredSchema& schema, std::uint32_t version) const;
  void check_uses(const Draft& draft, const std::vector<Use>& uses, Diagnostics& out) const;

  const boost::asio::any_io_executor strand_;
  SchemaStore& store_;
  Clock& clock_;
  const Bounds bounds_;
  Listener listener_;
  base::Published<const Snapshot> snapshot_;
  mutable std::mutex counting_;
  std::map<std::string, std::uint64_t> discovered_;  // what discovered_versions() says
  std::vector<Use> uses_;                            // of the configuration in force
  bool changing_ = false;
  base::Wakeup changed_;
  base::BlockingPool pool_;  // judging, and the listener
};

}  // namespace signalbox::registry
