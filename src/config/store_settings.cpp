#include "config/store_settings.hpp"

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

namespace signalbox::config {
namespace {

using namespace std::chrono_literals;

/// The engines there are names for; not all are built in.
enum class NamedEngine { rocksdb, memory, jetstream };

void read_engine(ConfigReader& read, Store::Engine& engine) {
  constexpr std::array<std::pair<std::string_view, NamedEngine>, 3> kEngines{
      {{"rocksdb", NamedEngine::rocksdb},
       {"memory", NamedEngine::memory},
       {"jetstream", NamedEngine::jetstream}}};
  auto named = NamedEngine::rocksdb;
  read.choice<NamedEngine>("engine", named, kEngines);
  switch (named) {
    case NamedEngine::rocksdb:
      engine = Store::Engine::rocksdb;
      return;
    case NamedEngine::memory:
      engine = Store::Engine::memory;
      return;
    case NamedEngine::jetstream:
      break;
  }
  read.fault("engine", "the jetstream engine is not built in", "rocksdb and memory are");
}

Jq read_jq(const ConfigNode& node, Diagnostics& out) {
  Jq jq;
  ConfigReader read(node, out);
  read("workers", jq.workers, 0u, 64u);
  read("time_limit", jq.time_limit, 100ms, 1min);
  read("memory", jq.memory, Bytes{64 * kMiB}, Bytes{16 * kGiB});
  read.done();
  return jq;
}

}  // namespace

Store read_store(const ConfigNode& node, Diagnostics& out) {
  constexpr std::array<std::pair<std::string_view, Store::Durability>, 2> kDurabilities{
      {{"fsync", Store::Durability::fsync}, {"os", Store::Durability::os}}};
  Store store;
  ConfigReader read(node, out);
  read_engine(read, store.engine);
  read("path", store.path);
  if (store.path.empty()) read.fault("path", "expected a folder, got an empty text");
  read.choice<Store::Durability>("durability", store.durability, kDurabilities);
  read("min_free", store.min_free, Bytes{0}, Bytes{kMiB * kMiB});
  read("checkpoint_interval", store.checkpoint_interval, 10ms, 500ms);
  read("write_buffer", store.write_buffer, Bytes{kMiB}, Bytes{4 * kGiB});
  read("cache", store.cache, Bytes{kMiB}, Bytes{1024 * kGiB});
  read("dead_letter_retain", store.dead_letter_retain, 1min, 24h * 3660);
  read.done();
  return store;
}

Delivery read_delivery(const ConfigNode& node, Diagnostics& out) {
  Delivery delivery;
  ConfigReader read(node, out);
  read("tail_memory", delivery.tail_memory, Bytes{kMiB}, Bytes{1024 * kGiB});
  if (const ConfigNode* jq = read.take("jq")) delivery.jq = read_jq(*jq, out);
  read.done();
  return delivery;
}

}  // namespace signalbox::config
