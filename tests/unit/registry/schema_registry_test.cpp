#include "registry/schema_registry.hpp"

#include "registry_fixture.hpp"

namespace signalbox::registry {
namespace {

using schema::Compatibility;

constexpr const char* kNumber = R"({"type":"number"})";
constexpr const char* kNumberOrText = R"({"type":["number","string"]})";
constexpr const char* kText = R"({"type":"string"})";

class SchemaRegistryTest : public RegistryTest {};

TEST_F(SchemaRegistryTest, first_text_is_version_1_and_durable) {
  const auto registered = put("order", kNumber);
  EXPECT_EQ(version_of(registered), 1u);
  EXPECT_TRUE(registered->created);
  reopen();
  ASSERT_TRUE(find("order"));
  EXPECT_EQ(find("order")->latest().text(), kNumber);
  EXPECT_EQ(find("order")->compatibility, Compatibility::backward);
  EXPECT_EQ(told, std::vector<std::string>{"acme"});
}

TEST_F(SchemaRegistryTest, equal_json_makes_no_new_version) {
  accept("order", R"({"type":"number","minimum":1})");
  const auto again = put("order", "{ \"minimum\": 1.0,\n \"type\": \"number\" }");
  EXPECT_EQ(version_of(again), 1u);
  EXPECT_FALSE(again->created);
  EXPECT_EQ(store.applied, 1u);
}

TEST_F(SchemaRegistryTest, compatible_text_is_the_next_version) {
  accept("order", kNumber);
  EXPECT_EQ(version_of(put("order", kNumberOrText)), 2u);
  EXPECT_EQ(numbers("order"), "1 2");
  EXPECT_EQ(find("order")->find(1)->text(), kNumber);
  EXPECT_EQ(find("order")->find(0)->text(), kNumberOrText);
  EXPECT_EQ(find("order")->find(3), nullptr);
}

TEST_F(SchemaRegistryTest, incompatible_text_is_refused_with_the_reasons) {
  accept("order", kNumber);
  const auto refused = put("order", R"({"type":"number","minimum":0,"maximum":9})");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::conflict);
  EXPECT_GE(refused.error().details.size(), 2u);
  EXPECT_EQ(numbers("order"), "1");
  reopen();
  EXPECT_EQ(numbers("order"), "1");
}

TEST_F(SchemaRegistryTest, compatibility_holds_from_the_version_on_that_brings_it) {
  accept("order", kNumberOrText);
  EXPECT_FALSE(put("order", kNumber));
  EXPECT_EQ(version_of(put("order", kNumber, Compatibility::forward)), 2u);
  EXPECT_FALSE(put("order", kNumberOrText));
  EXPECT_EQ(version_of(put("order", kText, Compatibility::none)), 3u);
  EXPECT_EQ(version_of(put("order", kText, Compatibility::full)), 3u);
  reopen();
  EXPECT_EQ(find("order")->compatibility, Compatibility::full);
  EXPECT_FALSE(put("order", kNumberOrText));
}

TEST_F(SchemaRegistryTest, what_is_no_schema_is_refused_with_its_pointer) {
  const auto refused = put("order", R"({"properties":{"a":{"minLength":-1}}})");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::invalid_data);
  ASSERT_EQ(refused.error().details.size(), 1u);
  EXPECT_EQ(refused.error().details[0].where, "/properties/a/minLength");
  const auto no_json = put("order", "{");
  ASSERT_FALSE(no_json);
  EXPECT_EQ(no_json.error().code, Errc::invalid_data);
  EXPECT_FALSE(put("order", R"({"type":"number","type":"string"})"));
  EXPECT_FALSE(find("order"));
}

TEST_F(SchemaRegistryTest, names_are_any_text_without_control_characters) {
  EXPECT_TRUE(put("com.Acme/\xC3\xA9 1", kNumber));
  for (const auto& name : {std::string(), std::string("a\nb"), std::string("\xff"), std::string(256, 'x')}) {
    const auto refused = put(name, kNumber);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::invalid_argument);
  }
}

TEST_F(SchemaRegistryTest, an_expected_version_must_come_true) {
  EXPECT_FALSE(run(registry->put({"acme", "order", kNumber, std::nullopt, 2})));
  EXPECT_TRUE(run(registry->put({"acme", "order", kNumber, std::nullopt, 1})));
  EXPECT_TRUE(run(registry->put({"acme", "order", kNumber, std::nullopt, 1})));
  EXPECT_FALSE(run(registry->put({"acme", "order", kNumberOrText, std::nullopt, 1})));
  EXPECT_TRUE(run(registry->put({"acme", "order", kNumberOrText, std::nullopt, 2})));
}

TEST_F(SchemaRegistryTest, tenants_have_their_own) {
  accept("order", kNumber);
  EXPECT_EQ(version_of(run(registry->put({"globex", "order", kText}))), 1u);
  EXPECT_EQ(find("order")->latest().text(), kNumber);
  EXPECT_EQ(registry->snapshot()->of("nobody").size(), 0u);
}

TEST_F(SchemaRegistryTest, what_cannot_be_written_is_not_seen) {
  store.failure = Error(Errc::no_space, "planted: full");
  const auto refused = put("order", kNumber);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::no_space);
  EXPECT_FALSE(find("order"));
  EXPECT_TRUE(told.empty());
}

TEST_F(SchemaRegistryTest, bounds_hold_and_deleting_makes_room) {
  bounds.schemas = 2;
  bounds.versions = 2;
  bounds.text_bytes = 200;
  reopen();
  accept("a", R"({"minimum":3})");
  accept("a", R"({"minimum":2})");
  const auto one_more = put("a", R"({"minimum":1})");
  ASSERT_FALSE(one_more);
  EXPECT_EQ(one_more.error().message, "the schema has 2 versions, which is the most; delete old ones");
  EXPECT_TRUE(remove("a", 1));
  EXPECT_EQ(version_of(put("a", R"({"minimum":1})")), 3u);
  accept("b", kNumber);
  EXPECT_EQ(put("c", kNumber).error().message, "the tenant has 2 schemas, which is the most");
  EXPECT_TRUE(remove("a"));
  const auto large = put("c", R"({"title":")" + std::string(200, 'x') + "\"}");
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().code, Errc::conflict);
  EXPECT_TRUE(put("c", kNumber));
  EXPECT_EQ(put("d", std::string(kSchemaTextMost + 1, ' ')).error().code, Errc::too_large);
}

TEST_F(SchemaRegistryTest, numbers_are_not_given_again_while_others_are_there) {
  accept("order", R"({"minimum":3})");
  accept("order", R"({"minimum":2})");
  ASSERT_TRUE(remove("order", 2));
  reopen();
  EXPECT_EQ(numbers("order"), "1");
  EXPECT_EQ(version_of(put("order", R"({"minimum":2})")), 3u);
  const auto gone = remove("order");
  ASSERT_TRUE(gone);
  EXPECT_EQ(*gone, 2u);
  EXPECT_FALSE(find("order"));
  EXPECT_TRUE(store.schemas.empty());
  EXPECT_EQ(version_of(put("order", kNumber)), 1u);
}

TEST_F(SchemaRegistryTest, deleting_what_is_not_there_is_told) {
  EXPECT_EQ(remove("order").error().code, Errc::not_found);
  accept("order", kNumber);
  EXPECT_EQ(remove("order", 2).error().code, Errc::not_found);
}

TEST_F(SchemaRegistryTest, what_channels_use_stays) {
  accept("a", R"({"minimum":3})");
  accept("a", R"({"minimum":2})");
  accept("a", R"({"minimum":1})");
  accept("b", R"({"minimum":3})");
  accept("b", R"({"minimum":2})");
  EXPECT_EQ(declare({}, {{"acme", "orders", "a", 2}, {"acme", "bills", "b"}}), "");
  EXPECT_EQ(remove("a", 2).error().message,
            "channel orders checks its events with version 2; change that first, and reload");
  EXPECT_EQ(remove("a").error().code, Errc::conflict);
  EXPECT_TRUE(remove("a", 3));
  EXPECT_EQ(remove("b", 2).error().message,
            "channel bills checks its events with the latest version; change that first, and reload");
  EXPECT_TRUE(remove("b", 1));
  EXPECT_EQ(declare({}), "");
  EXPECT_TRUE(remove("a"));
}

// --- The configuration
// -------------------------------------------------------------------------------------------------

TEST_F(SchemaRegistryTest, declared_schema_is_registered_once) {
  EXPECT_EQ(declare({{"acme", "order", kNumber}}), "");
  EXPECT_EQ(declare({{"acme", "order", kNumber}}), "");
  reopen();
  EXPECT_EQ(declare({{"acme", "order", kNumber}}), "");
  EXPECT_EQ(numbers("order"), "1");
  EXPECT_EQ(store.applied, 1u);
  EXPECT_EQ(declare({{"acme", "order", kNumberOrText}}), "");
  EXPECT_EQ(numbers("order"), "1 2");
}

TEST_F(SchemaRegistryTest, one_fault_keeps_all_of_a_configuration_out) {
  accept("order", kNumber);
  const auto faults = declare({{"acme", "bill", kNumber}, {"acme", "order", kText}});
  EXPECT_EQ(faults.find("schemas.order: not compatible with the latest version that is registered: "), 0u)
      << faults;
  EXPECT_FALSE(find("bill"));
  EXPECT_EQ(numbers("order"), "1");
}

TEST_F(SchemaRegistryTest, uses_of_what_is_not_there_are_faults) {
  accept("order", kNumber);
  EXPECT_EQ(declare({}, {{"acme", "c", "ordr", 0, {}, "x"}, {"acme", "c", "order", 7, {}, "y"}}),
            "x: the tenant has no schema \"ordr\" (did you mean \"order\"?)\n"
            "y: schema \"order\" has no version 7 (it has 1)\n");
  EXPECT_EQ(declare({{"acme", "bill", kNumber}}, {{"acme", "c", "bill", 1}}), "");
}

TEST_F(SchemaRegistryTest, only_the_configuration_changes_what_it_declares) {
  EXPECT_EQ(declare({{"acme", "order", kNumber}}), "");
  EXPECT_EQ(put("order", kNumberOrText).error().code, Errc::conflict);
  EXPECT_EQ(remove("order").error().code, Errc::conflict);
  EXPECT_EQ(declare({}), "");
  EXPECT_TRUE(put("order", kNumberOrText));
  EXPECT_TRUE(remove("order"));
}

// --- What is made of events
// --------------------------------------------------------------------------------------------

TEST_F(SchemaRegistryTest, a_person_takes_a_discovered_schema_over) {
  EXPECT_EQ(version_of(run(registry->discover({"acme", "order", kNumber}))), 1u);
  EXPECT_TRUE(find("order")->discovered);
  EXPECT_EQ(registry->discovered_versions().at("acme"), 1u);
  EXPECT_EQ(version_of(put("order", kNumber)), 1u);
  reopen();
  EXPECT_FALSE(find("order")->discovered);
  const auto refused = run(registry->discover({"acme", "order", kNumberOrText}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::conflict);
}

TEST_F(SchemaRegistryTest, old_discovered_versions_give_way_unless_a_channel_names_them) {
  bounds.versions = 3;
  reopen();
  const auto discover = [this](int minimum) {
    return version_of(
        run(registry->discover({"acme", "a", "{\"minimum\":" + std::to_string(minimum) + "}"})));
  };
  for (const int minimum : {9, 8, 7}) discover(minimum);
  EXPECT_EQ(declare({}, {{"acme", "c", "a", 1}}), "");
  EXPECT_EQ(discover(6), 4u);
  EXPECT_EQ(numbers("a"), "1 3 4");
  reopen();
  EXPECT_EQ(numbers("a"), "1 3 4");
}

TEST_F(SchemaRegistryTest, what_cannot_be_read_back_is_said) {
  accept("order", kNumber);
  store.schemas.begin()->second.compatibility = "sideways";
  SchemaRegistry again(io.get_executor(), store, clock);
  const auto loaded = run(again.load());
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, Errc::corrupt);
}

TEST(RegisteredVersion, is_compiled_once_while_somebody_holds_it) {
  const RegisteredVersion version({1, {}, R"({"format":"date"})"});
  const auto first = version.compiled(schema::FormatUse::check);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->get(), version.compiled(schema::FormatUse::check)->get());
  EXPECT_NE(first->get(), version.compiled(schema::FormatUse::annotate)->get());
  EXPECT_FALSE((*first)->valid("\"x\""));
}

}  // namespace
}  // namespace signalbox::registry
