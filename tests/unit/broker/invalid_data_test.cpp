// Events that do not fit their schemas and become dead letters.
#include "broker_fixture.hpp"

namespace signalbox::broker {
namespace {

using namespace std::chrono_literals;
using Ids = std::vector<std::string>;

class InvalidDataTest : public BrokerTest {
 protected:
  void apply_with(const std::string& schema, schema::OnInvalid action = schema::OnInvalid::dead_letter) {
    std::vector<schema::EventSchema> schemas{{"order", "", *schema::Schema::compile(schema), action}};
    channel_plan.schemas = std::make_shared<const schema::EventSchemas>(std::move(schemas));
    rules = {rule("all", {"crm"})};
    apply();
  }
  void apply_without() {
    channel_plan.schemas = nullptr;
    apply();
  }
  static Event order(const std::string& id, const std::string& data) {
    return EventBuilder::from(event(id)).data(DataKind::json, data).build();
  }
  std::vector<DeadLetter> letters() {
    auto page = run(channel()->dead_letters({}, 10, std::nullopt));
    EXPECT_TRUE(page);
    return page ? page->letters : std::vector<DeadLetter>();
  }
  std::size_t redriven() {
    auto count = run(channel()->redrive({}));
    EXPECT_TRUE(count);
    pass(1s);
    return count ? *count : 0;
  }
};

TEST_F(InvalidDataTest, what_does_not_fit_is_seen_by_no_rule_and_is_a_dead_letter) {
  apply_with(R"({"required":["a","b"]})");
  ASSERT_TRUE(publish({order("1", R"({"a":1,"b":1})"), order("2", "{}"), order("3", R"({"a":1,"b":2})")}));
  pass(1s);
  EXPECT_EQ(target("crm").ids(), Ids({"1", "3"}));
  const auto found = letters();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].seq, 2u);
  EXPECT_EQ(found[0].reason, "invalid_data");
  EXPECT_EQ(found[0].attempts.back().error, "has no \"a\"; has no \"b\"");
  const auto status = channel()->status();
  EXPECT_EQ(status.unmatched, 0u);
  EXPECT_EQ(status.invalid.dead_lettered, 1u);
  EXPECT_EQ(totals().pending(), 0u);
}

TEST_F(InvalidDataTest, redrive_checks_again_and_gives_what_fits_to_the_rules) {
  apply_with(R"({"required":["a"]})");
  ASSERT_TRUE(publish({order("1", R"({"b":1})"), order("2", "{}")}));
  pass(1s);
  EXPECT_EQ(redriven(), 0u);
  EXPECT_EQ(letters().size(), 2u);
  apply_with(R"({"required":["b"]})");
  EXPECT_EQ(redriven(), 1u);
  EXPECT_EQ(target("crm").ids(), Ids({"1"}));
  ASSERT_EQ(letters().size(), 1u);
  EXPECT_EQ(letters()[0].event.event.id(), "2");
}

TEST_F(InvalidDataTest, schemas_replaced_while_it_runs_decide_too) {
  apply_with(R"({"required":["a"]})");
  ASSERT_TRUE(publish({order("1", "{}")}));
  pass(1s);
  std::vector<schema::EventSchema> schemas{
      {"order", "", *schema::Schema::compile("true"), schema::OnInvalid::dead_letter}};
  channel()->set_schemas(std::make_shared<const schema::EventSchemas>(std::move(schemas)));
  EXPECT_EQ(redriven(), 1u);
  ASSERT_TRUE(publish({order("2", "{}")}));
  pass(1s);
  EXPECT_EQ(target("crm").ids(), Ids({"1", "2"}));
}

TEST_F(InvalidDataTest, its_dead_letters_outlive_the_schema_and_a_restart) {
  apply_with("false");
  ASSERT_TRUE(publish({order("1", "{}")}));
  pass(1s);
  apply_without();
  restart();
  EXPECT_EQ(letters().size(), 1u);
  EXPECT_EQ(redriven(), 1u);
  EXPECT_EQ(target("crm").ids(), Ids({"1"}));
  EXPECT_TRUE(letters().empty());
}

TEST_F(InvalidDataTest, what_fits_a_schema_that_only_tags_now_goes_out_tagged) {
  apply_with("false");
  ASSERT_TRUE(publish({order("1", "{}")}));
  pass(1s);
  apply_with("false", schema::OnInvalid::tag);
  EXPECT_EQ(redriven(), 1u);
  EXPECT_EQ(target("crm").ids(), Ids({"1"}));
}

TEST_F(InvalidDataTest, without_such_a_schema_there_is_no_such_rule) {
  apply_with("false", schema::OnInvalid::reject);
  EXPECT_FALSE(publish({order("1", "{}")}));
  EXPECT_EQ(channel()->plan()->rules.size(), 1u);
  EXPECT_EQ(channel()->status().invalid.rejected, 1u);
}

}  // namespace
}  // namespace signalbox::broker
