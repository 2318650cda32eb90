#pragma once
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "engine/local/keys.hpp"
#include "signalbox/error.hpp"
#include "signalbox/ids.hpp"
#include "store/batch.hpp"
#include "store/store.hpp"

namespace signalbox::engine::local {

/// The numbers of all channels ever opened, and which are open now.  Thread-safe.
class ChannelRegistry {
 public:
  /// Reads all names.  Blocking.  Errors: storage, corrupt.
  Status load(const store::Store& store);

  /// One channel is open for as long as this lives.
  class Lease {
   public:
    Lease(Lease&& other) noexcept;
    Lease& operator=(Lease&&) = delete;
    ~Lease();

   private:
    friend class ChannelRegistry;
    Lease(ChannelRegistry& registry, ChannelName name) : registry_(&registry), name_(std::move(name)) {}
    ChannelRegistry* registry_;
    ChannelName name_;
  };
  struct Taken {
    Lease lease;
    ChannelNumbers numbers;
    store::Batch names;  ///< to be committed durably and then stored() before the channel is used; empty when known
  };
  /// Errors: conflict when it is open, invalid_argument for an empty name or one over 255 bytes.
  Result<Taken> take(const ChannelName& name);
  /// The names that take() gave are in the store.
  void stored(const ChannelName& name);

 private:
  void release(const ChannelName& name);

  std::mutex mutex_;
  struct Number {
    std::uint32_t value = 0;
    bool stored = false;
  };
  std::map<std::string, Number, std::less<>> tenants_;
  std::map<std::pair<std::uint32_t, std::string>, Number> channels_;
  std::map<std::uint32_t, std::uint32_t> last_channel_;  // by tenant
  std::uint32_t last_tenant_ = 0;
  std::set<ChannelName> open_;
};

}  // namespace signalbox::engine::local
