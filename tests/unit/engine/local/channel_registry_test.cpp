#include "engine/local/channel_registry.hpp"

#include <gtest/gtest.h>

#include "store/memory_store.hpp"

namespace signalbox::engine::local {
namespace {

TEST(ChannelRegistry, names_that_were_not_stored_are_given_again) {
  ChannelRegistry registry;
  ASSERT_TRUE(registry.take({"acme", "orders"}));  // and given back at once, the commit having been refused
  auto again = registry.take({"acme", "orders"});
  ASSERT_TRUE(again);
  EXPECT_FALSE(again->names.empty()) << "else its events would stand under a number that nobody knows after a restart";
  registry.stored({"acme", "orders"});
}

TEST(ChannelRegistry, numbers_survive_and_are_never_shared) {
  store::MemoryStore store;
  const auto number = [&store](ChannelRegistry& registry, const ChannelName& name) {
    auto taken = registry.take(name);
    store.apply(taken->names);
    registry.stored(name);
    return std::pair(taken->numbers.tenant, taken->numbers.channel);
  };
  ChannelRegistry first;
  EXPECT_EQ(number(first, {"acme", "a"}), std::pair(1u, 1u));
  EXPECT_EQ(number(first, {"acme", "b"}), std::pair(1u, 2u));
  EXPECT_EQ(number(first, {"zeta", "a"}), std::pair(2u, 1u));
  ChannelRegistry second;
  ASSERT_TRUE(second.load(store));
  EXPECT_EQ(number(second, {"acme", "c"}), std::pair(1u, 3u));
  EXPECT_EQ(number(second, {"acme", "b"}), std::pair(1u, 2u));
  EXPECT_EQ(number(second, {"new", "a"}), std::pair(3u, 1u));
  EXPECT_TRUE(second.take({"acme", "b"})->names.empty());
}

TEST(ChannelRegistry, damaged_number_is_corrupt) {
  store::MemoryStore store;
  store::Batch batch;
  batch.put(store::Family::meta, "tacme", "");
  store.apply(batch);
  ChannelRegistry registry;
  EXPECT_EQ(registry.load(store).error().code, Errc::corrupt);
}

}  // namespace
}  // namespace signalbox::engine::local
