#include "engine/local/local_engine.hpp"

#include <boost/asio/this_coro.hpp>
#include <cassert>
#include <utility>

#include "engine/local/local_channel_log.hpp"
#include "engine/local/local_schema_store.hpp"
#include "store/memory_store.hpp"
#include "store/rocksdb_store.hpp"

namespace signalbox::engine::local {
namespace {

namespace asio = boost::asio;

class LocalEngine final : public Engine {
 public:
  explicit LocalEngine(std::unique_ptr<store::Store> store)
      : store_(std::move(store)), reads_(store_->blocking() ? kReadThreads : 0), schemas_(*store_, reads_) {}

  Status load() { return registry_.load(*store_); }

  asio::awaitable<Result<std::unique_ptr<ChannelLog>>> open(ChannelName name, asio::any_io_executor executor) override {
    auto taken = registry_.take(name);
    if (!taken) co_return taken.error();
    if (!taken->names.empty()) {
      if (auto status = store_->admit(store::Purpose::upkeep); !status) co_return status.error();
      store::CommitPort port(*store_, co_await asio::this_coro::executor);
      auto status = co_await port.commit(std::move(taken->names), store::Durability::durable);
      if (!status) co_return status.error();
      registry_.stored(name);
    }
    const ChannelReader reader(*store_, taken->numbers, name.tenant + "/" + name.channel);
    auto load = [reader] { return reader.load(); };
    auto loaded = co_await reads_.run(std::move(load));
    if (!loaded) co_return loaded.error();
    std::unique_ptr<ChannelLog> log = std::make_unique<LocalChannelLog>(
        *store_, reads_, std::move(taken->lease), reader, std::move(*loaded), std::move(executor));
    co_return std::move(log);
  }

  SchemaStore& schemas() override { return schemas_; }

  EngineStatus status() const override {
    const auto store = store_->status();
    EngineStatus status;
    status.name = store.name;
    status.durability = store.durability;
    status.accepting = store.accepting;
    status.reason = store.reason;
    status.free_bytes = store.free_bytes;
    status.commits = store.commits;
    status.committed_batches = store.committed_batches;
    return status;
  }

 private:
  const std::unique_ptr<store::Store> store_;
  ReadPool reads_;  // its calls under way end before the store does
  ChannelRegistry registry_;
  LocalSchemaStore schemas_;
};

}  // namespace

Result<std::unique_ptr<Engine>> open_on(std::unique_ptr<store::Store> store) {
  auto engine = std::make_unique<LocalEngine>(std::move(store));
  if (auto status = engine->load(); !status) return status.error();
  return std::unique_ptr<Engine>(std::move(engine));
}

Result<std::unique_ptr<Engine>> open_rocksdb(const store::RocksdbOptions& options) {
  auto store = store::open_rocksdb_store(options);
  if (!store) return store.error();
  return open_on(std::move(*store));
}

std::unique_ptr<Engine> open_memory() {
  auto engine = open_on(std::make_unique<store::MemoryStore>());
  assert(engine && "an empty store has nothing to fail on");
  return std::move(*engine);
}

}  // namespace signalbox::engine::local
