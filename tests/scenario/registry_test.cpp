// A tenant's registry of schemas, and what channels do with it.
#include <algorithm>

#include "scenario/bus.hpp"

namespace signalbox::scenario {
namespace {

const std::string kSchemas = "/v1/tenants/acme/schemas";
const std::string kOrder = kSchemas + "/order";

constexpr const char* kNumber = R"({"required":["total"],"properties":{"total":{"type":"number"}}})";
constexpr const char* kNumberOrText =
    R"({"required":["total"],"properties":{"total":{"type":["number","string"]}}})";
constexpr const char* kText = R"({"required":["total"],"properties":{"total":{"type":"string"}}})";

/// `channel` and `tenant`: more lines of theirs.
std::string tenant_with(const std::string& channel, const std::string& tenant = {}) {
  return R"(tenants:
  acme:
)" + tenant +
         R"(    targets: { sink: { http: { url: "{target}/sink" } } }
    channels:
      orders:
)" + channel +
         R"(        rules: { all: { to: [sink], {quick} } }
)";
}

class Registry : public Bus {
 protected:
  HttpResponse put(const std::string& path, const std::string& schema) {
    return test::http_request("PUT", daemon().admin_url(path), {{"Content-Type", "application/schema+json"}},
                              schema);
  }
  /// Expects that it becomes the version.
  void put_version(const std::string& path, const std::string& schema, int version) {
    const auto answer = put(path, schema);
    EXPECT_EQ(answer.status, 201u) << answer.body;
    EXPECT_EQ(json::parse(answer.body).at("version"), version);
  }
  HttpResponse reload(const std::string& tenants) {
    daemon().write_config(config_of(tenants));
    return admin("POST", "/v1/reload");
  }
  void restart_after_kill() {
    daemon().kill_hard();
    daemon().start();
  }
  std::string version_text(const std::string& version) {
    const auto answer = admin("GET", kOrder + "/versions/" + version);
    EXPECT_EQ(answer.status, 200u) << answer.body;
    return answer.body;
  }
  unsigned publish_order(const std::string& id, const std::string& data) {
    return publish(id, "order", data).status;
  }
  std::size_t versions_of(const std::string& name) {
    const auto answer = admin("GET", kSchemas + "/" + name);
    return answer.status == 200 ? json::parse(answer.body).at("versions").size() : 0;
  }
  /// The metric's value with that label; -1 without it.
  double metric(const std::string& name_and_labels) {
    const auto text = admin("GET", "/metrics").body;
    const auto at = text.find("\n" + name_and_labels + " ");
    return at == std::string::npos ? -1 : std::stod(text.substr(at + name_and_labels.size() + 2));
  }
};

TEST_F(Registry, versions_are_kept_as_they_came_and_outlive_a_crash) {
  start(acme_with_one_sink());
  EXPECT_EQ(look(kSchemas)["schemas"], json::array());
  put_version(kOrder, kNumber, 1);
  put_version(kOrder, kNumberOrText, 2);
  restart_after_kill();
  EXPECT_EQ(version_text("1"), kNumber);
  EXPECT_EQ(version_text("2"), kNumberOrText);
  EXPECT_EQ(version_text("latest"), kNumberOrText);
  const auto schema = look(kOrder);
  EXPECT_EQ(schema["compatibility"], "backward");
  EXPECT_EQ(schema["versions"].size(), 2u);
  EXPECT_EQ(schema["latest"]["schema"], json::parse(kNumberOrText));
  const auto list = look(kSchemas)["schemas"];
  ASSERT_EQ(list.size(), 1u);
  EXPECT_EQ(list[0]["name"], "order");
  EXPECT_EQ(list[0]["latest"]["version"], 2);
  EXPECT_EQ(metric("signalbox_schemas{tenant=\"acme\"}"), 1);
}

TEST_F(Registry, the_same_schema_is_the_same_version) {
  start(acme_with_one_sink());
  put_version(kOrder, kNumber, 1);
  const auto again = put(kOrder, json::parse(kNumber).dump(2));
  EXPECT_EQ(again.status, 200u);
  EXPECT_EQ(json::parse(again.body)["version"], 1);
  EXPECT_EQ(json::parse(again.body)["created"], false);
}

TEST_F(Registry, what_is_not_compatible_is_refused_with_every_reason) {
  start(acme_with_one_sink());
  put_version(kOrder, kNumber, 1);
  const auto refused = put(kOrder, R"({"required":["total","id"],"properties":{"total":{"type":"string"}}})");
  EXPECT_EQ(refused.status, 409u);
  const auto problem = json::parse(refused.body);
  EXPECT_EQ(problem["type"], "urn:signalbox:problem:incompatible-schema");
  EXPECT_GE(problem["errors"].size(), 2u) << refused.body;
  put_version(kOrder + "?compatibility=none", kText, 2);
  EXPECT_EQ(look(kOrder)["compatibility"], "none");
  EXPECT_EQ(put(kOrder + "?compatibility=sideways", kText).status, 400u);
}

TEST_F(Registry, what_is_no_schema_is_refused_with_its_place) {
  start(acme_with_one_sink());
  const auto refused = put(kOrder, R"({"properties":{"a":{"minLength":-1}}})");
  EXPECT_EQ(refused.status, 422u);
  const auto problem = json::parse(refused.body);
  EXPECT_EQ(problem["type"], "urn:signalbox:problem:invalid-schema");
  EXPECT_EQ(problem["errors"][0]["where"], "/properties/a/minLength");
  EXPECT_EQ(put(kOrder, "no json").status, 422u);
  EXPECT_EQ(put("/v1/tenants/nobody/schemas/order", "{}").status, 404u);
  EXPECT_EQ(put(kOrder, '"' + std::string(600'000, 'x') + '"').status, 413u);
}

TEST_F(Registry, a_channel_checks_with_a_new_latest_version_at_once) {
  start(acme_with_one_sink());
  put_version(kOrder, kNumber, 1);
  ASSERT_EQ(reload(tenant_with("        schemas: [{ type: order, name: order }]\n")).status, 200u);
  EXPECT_EQ(publish_order("1", R"({"total":1})"), 202u);
  EXPECT_EQ(publish_order("2", R"({"total":"1"})"), 422u);
  put_version(kOrder, kNumberOrText, 2);
  EXPECT_EQ(publish_order("3", R"({"total":"1"})"), 202u);
  restart_after_kill();
  EXPECT_EQ(publish_order("4", R"({"total":"1"})"), 202u);
  EXPECT_EQ(publish_order("5", R"({"total":true})"), 422u);
}

TEST_F(Registry, a_channel_that_names_a_version_stays_with_it) {
  start(acme_with_one_sink());
  put_version(kOrder, kNumber, 1);
  put_version(kOrder, kNumberOrText, 2);
  ASSERT_EQ(reload(tenant_with("        schemas: [{ type: order, name: order, version: 1 }]\n")).status,
            200u);
  EXPECT_EQ(publish_order("1", R"({"total":"1"})"), 422u);
  put_version(kOrder + "?compatibility=none", kText, 3);
  EXPECT_EQ(publish_order("2", R"({"total":1})"), 202u);
  EXPECT_EQ(admin("DELETE", kOrder).status, 409u);
  EXPECT_EQ(admin("DELETE", kOrder + "/versions/1").status, 409u);
  EXPECT_EQ(admin("DELETE", kOrder + "/versions/2").status, 200u);
  EXPECT_EQ(admin("GET", kOrder + "/versions/2").status, 404u);
}

TEST_F(Registry, names_that_are_not_registered_refuse_a_reload_and_a_start) {
  start(acme_with_one_sink());
  const auto tenants = tenant_with("        schemas: [{ type: order, name: order }]\n");
  const auto refused = reload(tenants);
  EXPECT_EQ(refused.status, 422u);
  EXPECT_NE(refused.body.find("the tenant has no schema \\\"order\\\""), std::string::npos) << refused.body;
  daemon().terminate();
  daemon().launch();
  const auto exit = daemon().wait_exit();
  ASSERT_TRUE(exit);
  EXPECT_EQ(exit->code, 1);
  EXPECT_NE(daemon().log().find("start.fault"), std::string::npos);
}

TEST_F(Registry, what_the_configuration_declares_is_registered_by_start_and_reload) {
  const auto declaring = [](const std::string& schema) {
    return tenant_with("        schemas: [{ type: order, name: order }]\n",
                       "    schemas: { order: { schema: " + schema + " } }\n");
  };
  start(declaring("{ properties: { total: { type: number } } }"));
  EXPECT_EQ(publish_order("1", R"({"total":"1"})"), 422u);
  ASSERT_EQ(reload(declaring("{ properties: { total: { type: number } } }")).status, 200u);
  EXPECT_EQ(versions_of("order"), 1u);
  const auto refused = reload(declaring("{ properties: { total: { type: string } } }"));
  EXPECT_EQ(refused.status, 422u);
  EXPECT_NE(refused.body.find("not compatible with the latest version"), std::string::npos) << refused.body;
  EXPECT_EQ(versions_of("order"), 1u);
  EXPECT_EQ(put(kOrder, "{}").status, 409u);
  EXPECT_EQ(admin("DELETE", kOrder).status, 409u);
  ASSERT_EQ(reload(declaring("{ properties: { total: { type: [number, string] } } }")).status, 200u);
  EXPECT_EQ(versions_of("order"), 2u);
  EXPECT_EQ(publish_order("2", R"({"total":"1"})"), 202u);
  restart_after_kill();
  EXPECT_EQ(versions_of("order"), 2u);
  EXPECT_EQ(look(kOrder)["declared"], true);
}

TEST_F(Registry, tokens_that_may_only_read_register_nothing) {
  test::TempDir secrets;
  test::write_file(secrets.file("eye"), "reader-token-0123456789\n");
  start(acme_with_one_sink(), "", "");
  const auto reading = "  admin: { listen: 127.0.0.1:" + std::to_string(daemon().admin_port()) +
                       ", tokens: [ { name: eye, token_file: " + secrets.file("eye") +
                       ", may: [read] } ] }\n";
  auto text = test::read_file(daemon().config_file());
  const auto at = text.find("  admin:");
  text.replace(at, text.find('\n', at) + 1 - at, reading);
  test::write_file(daemon().config_file(), text);
  ASSERT_EQ(admin("POST", "/v1/reload").status, 200u);
  const Headers token = {{"Authorization", "Bearer reader-token-0123456789"}};
  EXPECT_EQ(test::http_request("GET", daemon().admin_url(kSchemas), token).status, 200u);
  EXPECT_EQ(test::http_request("GET", daemon().admin_url(kSchemas)).status, 401u);
  EXPECT_EQ(test::http_request("PUT", daemon().admin_url(kOrder), token, "{}").status, 403u);
  EXPECT_EQ(test::http_request("DELETE", daemon().admin_url(kOrder), token).status, 403u);
}

TEST_F(Registry, a_redriven_event_is_checked_with_a_new_version) {
  start(acme_with_one_sink());
  put_version(kOrder, kNumber, 1);
  ASSERT_EQ(reload(tenant_with("        schemas: [{ type: order, name: order, on_invalid: dead_letter }]\n"))
                .status,
            200u);
  EXPECT_EQ(publish_order("1", R"({"total":"1"})"), 202u);
  ASSERT_EQ(wait_for_dead_letters(1).size(), 1u);
  put_version(kOrder, kNumberOrText, 2);
  EXPECT_EQ(json::parse(admin("POST", kChannel + "/dead-letters/redrive").body)["count"], 1);
  ASSERT_TRUE(drained());
  EXPECT_EQ(ids_of(target.requests("/sink")), std::vector<std::string>{"1"});
}

// --- Discovery
// ---------------------------------------------------------------------------------------------------------

class Discovery : public Registry {
 protected:
  void SetUp() override {
    Registry::SetUp();
    if (!IsSkipped()) start(tenant_with("        discover: { interval: 1s }\n"));
  }
  bool version_becomes(const std::string& name, std::size_t count) {
    return wait_until([&] { return versions_of(name) == count; });
  }
};

TEST_F(Discovery, each_type_gets_a_schema_that_only_widens) {
  accept("1", "com.acme.Order", R"({"total":1})");
  accept("2", "bill", R"({"sum":"x"})");
  ASSERT_TRUE(version_becomes("com.acme.Order", 1));
  ASSERT_TRUE(version_becomes("bill", 1));
  EXPECT_EQ(look(kSchemas + "/bill")["discovered"], true);
  EXPECT_EQ(look(kSchemas + "/bill")["latest"]["schema"]["properties"]["sum"]["type"], "string");
  accept("3", "bill", R"({"sum":"x","note":null})");
  ASSERT_TRUE(version_becomes("bill", 2));
  EXPECT_EQ(versions_of("com.acme.Order"), 1u);
  EXPECT_EQ(metric("signalbox_schemas_discovered_total{tenant=\"acme\"}"), 3);
}

TEST_F(Discovery, goes_on_after_a_crash) {
  accept("1", "bill", R"({"a":1})");
  ASSERT_TRUE(version_becomes("bill", 1));
  restart_after_kill();
  accept("2", "bill", R"({"b":1})");
  ASSERT_TRUE(version_becomes("bill", 2));
  const auto properties = look(kSchemas + "/bill")["latest"]["schema"]["properties"];
  EXPECT_TRUE(properties.contains("a"));
  EXPECT_TRUE(properties.contains("b"));
}

TEST_F(Discovery, data_that_is_not_json_is_skipped) {
  EXPECT_EQ(publish("1", "note", "plain", {}).status, 400u);
  EXPECT_EQ(post_events({{"ce-specversion", "1.0"},
                         {"ce-id", "2"},
                         {"ce-source", "/s"},
                         {"ce-type", "note"},
                         {"Content-Type", "text/plain"}},
                        "plain")
                .status,
            202u);
  accept("3", "bill", "1");
  ASSERT_TRUE(version_becomes("bill", 1));
  EXPECT_EQ(look(kSchemas)["schemas"].size(), 1u);
}

// --- The command line
// --------------------------------------------------------------------------------------------------

class RegistryCommands : public Registry {
 protected:
  test::ProgramResult schemas(std::vector<std::string> arguments, const std::string& input = {}) {
    arguments.insert(arguments.begin(), {test::signalbox_binary(), "schemas"});
    arguments.insert(arguments.end(), {"--tenant", "acme", "--url", daemon().admin_url("")});
    return test::run_program(arguments, input);
  }
};

TEST_F(RegistryCommands, put_list_show_and_delete) {
  start(acme_with_one_sink());
  const auto first = schemas({"put", "order", "-"}, kNumber);
  EXPECT_EQ(first.exit.code, 0) << first.err;
  EXPECT_EQ(first.out, "version 1\n");
  EXPECT_EQ(schemas({"put", "order", "-"}, kNumber).out, "version 1, which it was already\n");
  const auto refused = schemas({"put", "order", "-"}, kText);
  EXPECT_EQ(refused.exit.code, 1);
  EXPECT_NE(refused.err.find("not backward compatible"), std::string::npos) << refused.err;
  EXPECT_EQ(schemas({"put", "order", "-", "--compatibility", "none"}, kText).out, "version 2\n");
  const auto list = schemas({"list"});
  EXPECT_NE(list.out.find("order"), std::string::npos) << list.out;
  const auto shown = schemas({"show", "order"});
  EXPECT_NE(shown.out.find("compatibility none"), std::string::npos) << shown.out;
  EXPECT_EQ(json::parse(schemas({"show", "order", "--version", "1"}).out), json::parse(kNumber));
  EXPECT_EQ(schemas({"show", "order", "--version", "latest", "--json"}).out, kText);
  EXPECT_EQ(schemas({"delete", "order", "--version", "1"}).out, "1 versions deleted\n");
  EXPECT_EQ(schemas({"delete", "order"}).exit.code, 0);
  EXPECT_EQ(schemas({"show", "order"}).exit.code, 1);
}

TEST_F(RegistryCommands, check_warns_of_what_only_the_registry_can_tell) {
  test::TempDir folder;
  const auto file = folder.file("checked.yaml");
  test::write_file(file,
                   "tenants:\n  acme:\n    open: true\n    channels: { orders: { schemas: [{ type: t, name: "
                   "order }] } }\n");
  const auto checked = test::run_program({test::signalbox_binary(), "check", file});
  EXPECT_EQ(checked.exit.code, 0) << checked.out;
  EXPECT_NE(checked.out.find("whether the registry has it shows at the start"), std::string::npos)
      << checked.out;
}

}  // namespace
}  // namespace signalbox::scenario
