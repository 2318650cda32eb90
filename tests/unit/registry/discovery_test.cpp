#include "registry/discovery.hpp"

#include "registry_fixture.hpp"

namespace signalbox::registry {
namespace {

using namespace std::chrono_literals;

class DiscoveryTest : public RegistryTest {
 protected:
  DiscoveryTest() { begin(); }

  /// A new process on what is stored.
  void begin(DiscoveryOptions options = {}) {
    discovery.reset();
    reopen();
    discovery = std::make_unique<Discovery>(*registry, clock, options);
    discovery->set_intervals({{kChannel, 10s}});
  }
  bool offer(const std::string& type, const std::string& data) {
    EventBuilder builder;
    builder.set("specversion", "1.0").set("id", "1").set("source", "/s").set("type", type);
    auto stored = std::make_shared<StoredEvent>();
    stored->event = builder.data(DataKind::json, data).build();
    return discovery->offer(kChannel, stored);
  }
  void round() {
    const auto once = [](Discovery& all) -> boost::asio::awaitable<bool> {
      co_await all.round();
      co_return true;
    };
    run(once(*discovery));
  }
  void later() {
    clock.run_for(io, 11s);
    round();
  }
  /// Whether the latest schema of the type accepts the value.
  bool accepts(const std::string& type, const std::string& json) {
    const auto schema = find(type);
    EXPECT_TRUE(schema) << type;
    return schema && (*schema->latest().compiled(schema::FormatUse::annotate))->valid(json);
  }

  const ChannelName kChannel{"acme", "orders"};
  std::unique_ptr<Discovery> discovery;
};

TEST_F(DiscoveryTest, each_type_gets_a_schema_of_its_own) {
  offer("order", R"({"total":1})");
  offer("bill", R"("text")");
  round();
  EXPECT_TRUE(find("order")->discovered);
  EXPECT_TRUE(accepts("order", R"({"total":2})"));
  EXPECT_FALSE(accepts("order", R"({"total":"2"})"));
  EXPECT_TRUE(accepts("bill", R"("other")"));
}

TEST_F(DiscoveryTest, changes_are_gathered_until_the_interval_is_over) {
  offer("order", R"({"a":1})");
  round();
  offer("order", R"({"b":1})");
  round();
  offer("order", R"({"c":1})");
  round();
  EXPECT_EQ(numbers("order"), "1");
  later();
  EXPECT_EQ(numbers("order"), "1 2");
  EXPECT_TRUE(accepts("order", R"({"a":1})"));
  EXPECT_TRUE(accepts("order", R"({"b":1,"c":1})"));
}

TEST_F(DiscoveryTest, nothing_new_makes_no_version) {
  offer("order", R"({"a":1})");
  round();
  offer("order", R"({"a":2})");
  later();
  EXPECT_EQ(numbers("order"), "1");
}

TEST_F(DiscoveryTest, goes_on_from_the_stored_version_after_a_restart) {
  offer("order", R"({"a":1})");
  round();
  begin();
  offer("order", R"({"b":"x"})");
  round();
  EXPECT_EQ(numbers("order"), "1 2");
  EXPECT_TRUE(accepts("order", R"({"a":1})"));
  EXPECT_TRUE(accepts("order", R"({"b":"y"})"));
}

TEST_F(DiscoveryTest, leaves_names_of_persons_alone) {
  accept("order", R"({"type":"string"})");
  offer("order", R"({"a":1})");
  offer("bill", R"({"a":1})");
  round();
  EXPECT_EQ(numbers("order"), "1");
  accept("bill", R"({"type":["object","null"]})");
  offer("bill", R"([])");
  later();
  EXPECT_EQ(numbers("bill"), "1 2");
  EXPECT_FALSE(find("bill")->discovered);
}

TEST_F(DiscoveryTest, begins_anew_when_a_schema_was_deleted) {
  offer("order", R"({"a":1})");
  round();
  ASSERT_TRUE(remove("order"));
  offer("order", R"({"b":1})");
  later();
  EXPECT_EQ(numbers("order"), "1");
  EXPECT_FALSE(accepts("order", R"({"a":1})"));
}

TEST_F(DiscoveryTest, a_full_queue_takes_no_more) {
  DiscoveryOptions options;
  options.queued_events = 2;
  options.event_bytes = 200;
  begin(options);
  EXPECT_FALSE(offer("order", '"' + std::string(200, 'x') + '"'));
  EXPECT_TRUE(offer("order", "1"));
  EXPECT_TRUE(offer("order", "2"));
  EXPECT_FALSE(offer("order", "3"));
  round();
  EXPECT_TRUE(offer("order", "4"));
}

TEST_F(DiscoveryTest, types_are_bounded) {
  DiscoveryOptions options;
  options.types = 2;
  begin(options);
  for (const auto* type : {"a", "b", "c"}) offer(type, "1");
  round();
  EXPECT_EQ(registry->snapshot()->of("acme").size(), 2u);
}

TEST_F(DiscoveryTest, what_was_refused_is_tried_again_later) {
  store.failure = Error(Errc::no_space, "planted: full");
  offer("order", "1");
  round();
  EXPECT_FALSE(find("order"));
  store.failure.reset();
  later();
  EXPECT_FALSE(find("order"));
  clock.run_for(io, 1min);
  round();
  EXPECT_EQ(numbers("order"), "1");
}

}  // namespace
}  // namespace signalbox::registry
