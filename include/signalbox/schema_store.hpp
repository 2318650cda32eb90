#pragma once
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "signalbox/clock.hpp"
#include "signalbox/error.hpp"

namespace signalbox {

/// One version of a schema.
struct SchemaVersion {
  std::uint32_t number = 0;  ///< from 1
  WallTime created_at{};
  std::string text;  ///< of the schema, as it came
  bool operator==(const SchemaVersion&) const = default;
};

/// A schema of a tenant, with its versions.
struct StoredSchema {
  std::string tenant;
  std::string name;
  std::string compatibility;            ///< a word, kept as it is
  bool discovered = false;              ///< made from events, not by a person
  std::uint32_t last_version = 0;       ///< the highest number that was given; its version may be gone
  std::vector<SchemaVersion> versions;  ///< ascending
  bool operator==(const StoredSchema&) const = default;
};

inline constexpr std::size_t kSchemaNameMost = 255;  ///< bytes of a tenant's or schema's name

/// A change of one schema.
struct SchemaChange {
  enum class Kind : std::uint8_t {
    put,    ///< what `schema` says beside its versions replaces what was there; its versions come in addition
    erase,  ///< the schema goes with all its versions
  };
  Kind kind = Kind::put;
  StoredSchema schema;
  std::vector<std::uint32_t> erased;  ///< of put: numbers of versions that go
};

/// Where the schemas of all tenants are kept.
///
/// Thread-safe; calls complete on the awaiting coroutine's executor.  Changes take effect in the order in
/// which apply() was started.
class SchemaStore {
 public:
  virtual ~SchemaStore() = default;

  /// All there are, by tenant, then by name.  Errors: storage, corrupt.
  virtual boost::asio::awaitable<Result<std::vector<StoredSchema>>> load() = 0;

  /// Makes all changes or none, the later of two of one schema having the last word; durable when it
  /// completes. Errors: storage, no_space, overloaded, invalid_argument (an empty name, or one over
  /// kSchemaNameMost).
  virtual boost::asio::awaitable<Status> apply(std::vector<SchemaChange> changes) = 0;
};

}  // namespace signalbox
