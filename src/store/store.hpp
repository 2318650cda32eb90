#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "signalbox/error.hpp"
#include "store/commit.hpp"
#include "store/family.hpp"

namespace signalbox::store {

/// Keys from `from` up to, but not including, `to`.
struct KeyRange {
  std::string from;
  std::string to;
};

enum class Order : std::uint8_t { ascending, descending };

/// What a visitor says to the scan that called it.
enum class Visit : std::uint8_t { go_on, stop };

/// Called with each key and value; the views are good for the call only.  It must not call the store.
using Visitor = std::function<Visit(std::string_view key, std::string_view value)>;

/// What is to be written, for a store that must refuse the one before it refuses the other.
enum class Purpose : std::uint8_t {
  intake,  ///< new data, which somebody can bring again
  upkeep,  ///< what must go on when space is short: results, positions, trimming
};

/// How a store does.
struct StoreStatus {
  std::string name;           ///< "rocksdb", "memory"
  std::string durability;     ///< "fsync", "os", "none"
  bool accepting = true;      ///< what admit(Purpose::intake) says
  std::string reason;         ///< why not accepting or failed, for people
  std::uint64_t free_bytes = 0;
  std::uint64_t commits = 0;  ///< groups written so far, each with at most one sync
  std::uint64_t committed_batches = 0;  ///< batches in them
};

/// Ordered keys in families, changed by atomic batches.
///
/// A scan or get sees every commit that was completed before it began, and of a batch all or nothing.
/// Thread-safe.  Errors: storage, corrupt.
class Store {
 public:
  virtual ~Store() = default;

  /// May block: not on an I/O thread while blocking() says so.
  virtual Result<std::optional<std::string>> get(Family family, std::string_view key) const = 0;

  /// Calls `visit` for the keys of the range in `order` until it says stop.  The answer says whether everything up to
  /// there was really seen: damage is an error, never a short list.  May block.
  virtual Status scan(Family family, const KeyRange& range, Order order, const Visitor& visit) const = 0;

  /// Takes the commit over; it is completed through its port once it is written.  The order of submission is the
  /// order in which commits take effect, and a crash keeps a prefix of it.  Never blocks.
  /// After a failed commit all later ones fail with `storage`.
  virtual void submit(std::unique_ptr<Commit> commit) = 0;

  /// May this be submitted?  Cheap.  Errors: no_space, storage (failed before); for intake also overloaded (too much is
  /// queued).
  virtual Status admit(Purpose purpose) const = 0;

  /// Frees the space of a range that was erased durably, as far as that is cheap.  May block.
  virtual Status reclaim(Family family, const KeyRange& range) = 0;

  virtual StoreStatus status() const = 0;

  /// False when get() and scan() answer from memory.
  virtual bool blocking() const = 0;
};

}  // namespace signalbox::store
