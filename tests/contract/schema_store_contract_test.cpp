// What every store of schemas does.
#include "contract/channel_log_fixture.hpp"
#include "signalbox/schema_store.hpp"

namespace signalbox::test {
namespace {

class SchemaStoreContract : public ChannelLogContract {
 protected:
  Status apply(std::vector<SchemaChange> changes) {
    return run(engine_->schemas().apply(std::move(changes)));
  }
  Status apply(SchemaChange change) { return apply(std::vector<SchemaChange>{std::move(change)}); }
  std::vector<StoredSchema> load() {
    auto schemas = run(engine_->schemas().load());
    EXPECT_TRUE(schemas) << schemas.error().message;
    return schemas ? *schemas : std::vector<StoredSchema>();
  }
  /// A power cut where the store's ground knows one.
  void lose_power() {
    disk_->cut_power();
    reopen();
  }
};
INSTANTIATE_TEST_SUITE_P(Local, SchemaStoreContract, testing::Values(Ground::memory, Ground::rocksdb),
                         ground_name);

StoredSchema schema(std::string tenant, std::string name, std::vector<std::uint32_t> numbers) {
  StoredSchema schema;
  schema.tenant = std::move(tenant);
  schema.name = std::move(name);
  schema.compatibility = "backward";
  for (const auto number : numbers) {
    schema.versions.push_back(
        {number, at(static_cast<int>(number)), "{\"minimum\":" + std::to_string(number) + "}"});
    schema.last_version = number;
  }
  return schema;
}

SchemaChange put(StoredSchema schema, std::vector<std::uint32_t> erased = {}) {
  return {SchemaChange::Kind::put, std::move(schema), std::move(erased)};
}

SchemaChange erase(std::string tenant, std::string name) {
  return {SchemaChange::Kind::erase, schema(std::move(tenant), std::move(name), {}), {}};
}

TEST_P(SchemaStoreContract, new_store_has_none) { EXPECT_TRUE(load().empty()); }

TEST_P(SchemaStoreContract, what_was_put_is_there_after_a_power_cut) {
  auto first = schema("acme", "order", {1, 2});
  first.discovered = true;
  ASSERT_TRUE(apply(put(first)));
  lose_power();
  EXPECT_EQ(load(), std::vector<StoredSchema>{first});
}

TEST_P(SchemaStoreContract, versions_come_in_addition_and_what_is_said_of_all_is_replaced) {
  ASSERT_TRUE(apply(put(schema("acme", "order", {1}))));
  auto next = schema("acme", "order", {2});
  next.compatibility = "full";
  next.discovered = true;
  ASSERT_TRUE(apply(put(next)));
  reopen();
  auto both = schema("acme", "order", {1, 2});
  both.compatibility = "full";
  both.discovered = true;
  EXPECT_EQ(load(), std::vector<StoredSchema>{both});
}

TEST_P(SchemaStoreContract, erased_versions_go_and_their_numbers_stay_given) {
  ASSERT_TRUE(apply(put(schema("acme", "order", {1, 2, 3}))));
  auto settings = schema("acme", "order", {});
  settings.last_version = 3;
  ASSERT_TRUE(apply(put(settings, {1, 3})));
  reopen();
  const auto left = load();
  ASSERT_EQ(left.size(), 1u);
  ASSERT_EQ(left[0].versions.size(), 1u);
  EXPECT_EQ(left[0].versions[0].number, 2u);
  EXPECT_EQ(left[0].last_version, 3u);
}

TEST_P(SchemaStoreContract, erasing_a_schema_leaves_its_neighbours) {
  for (const auto* name : {"order", "orders", "orde", "r"})
    ASSERT_TRUE(apply(put(schema("acme", name, {1, 2}))));
  ASSERT_TRUE(apply(put(schema("acm", "order", {1}))));
  ASSERT_TRUE(apply(erase("acme", "order")));
  lose_power();
  std::vector<std::string> left;
  for (const auto& one : load()) left.push_back(one.tenant + "/" + one.name);
  EXPECT_EQ(left, (std::vector<std::string>{"acm/order", "acme/orde", "acme/orders", "acme/r"}));
}

TEST_P(SchemaStoreContract, names_may_be_any_bytes) {
  const std::string longest(kSchemaNameMost, '\xff');
  ASSERT_TRUE(apply(put(schema("acme", longest, {1}))));
  ASSERT_TRUE(apply(put(schema(longest, "a/b \xC3\xA9", {1}))));
  reopen();
  EXPECT_EQ(load(),
            (std::vector<StoredSchema>{schema("acme", longest, {1}), schema(longest, "a/b \xC3\xA9", {1})}));
}

TEST_P(SchemaStoreContract, impossible_names_are_refused_and_nothing_is_changed) {
  const std::string too_long(kSchemaNameMost + 1, 'x');
  for (const auto& [tenant, name] :
       {std::pair<std::string, std::string>("", "a"), {"a", ""}, {too_long, "a"}, {"a", too_long}}) {
    const auto status = apply({put(schema("acme", "fine", {1})), put(schema(tenant, name, {1}))});
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, Errc::invalid_argument);
  }
  EXPECT_TRUE(load().empty());
}

TEST_P(SchemaStoreContract, changes_are_made_together_in_their_order) {
  ASSERT_TRUE(apply({put(schema("acme", "a", {1})), put(schema("acme", "b", {1})), erase("acme", "a")}));
  EXPECT_EQ(load(), std::vector<StoredSchema>{schema("acme", "b", {1})});
}

TEST_P(SchemaStoreContract, schemas_and_channels_do_not_meet) {
  ASSERT_TRUE(apply(put(schema("acme", "orders", {1}))));
  append({Sketch()});
  reopen();
  EXPECT_EQ(log_->opened_state().last_seq, 1u);
  EXPECT_EQ(load().size(), 1u);
}

class SchemaStoreFaults : public SchemaStoreContract {};
INSTANTIATE_TEST_SUITE_P(Local, SchemaStoreFaults, testing::Values(Ground::memory), ground_name);

TEST_P(SchemaStoreFaults, full_disk_refuses_new_versions_but_lets_schemas_go) {
  ASSERT_TRUE(apply(put(schema("acme", "order", {1}))));
  faulty_->full = true;
  const auto status = apply(put(schema("acme", "order", {2})));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, Errc::no_space);
  EXPECT_TRUE(apply(erase("acme", "order")));
  EXPECT_TRUE(load().empty());
}

TEST_P(SchemaStoreFaults, what_could_not_be_written_is_not_there) {
  reopen(1);
  const auto status = apply(put(schema("acme", "order", {1})));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, Errc::storage);
  reopen();
  EXPECT_TRUE(load().empty());
}

}  // namespace
}  // namespace signalbox::test
