#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "config/load.hpp"
#include "configuration.hpp"
#include "temporary_folder.hpp"
#include "told.hpp"

// config/signalbox.reference.yaml states every key and its default; these tests hold it to that.
namespace signalbox::config {
namespace {

const std::string kFolder = std::string(SIGNALBOX_SOURCE_DIR) + "/config/";

std::string reference_text() {
  std::ifstream file(kFolder + "signalbox.reference.yaml");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// The reference with the settings that stand behind a # uncovered: those without a blank after it.
std::string uncovered(const std::string& text) {
  std::istringstream lines(text);
  std::string all;
  for (std::string line; std::getline(lines, line);) {
    const std::size_t at = line.find_first_not_of(' ');
    const bool covered =
        at != std::string::npos && line[at] == '#' && at + 1 < line.size() && line[at + 1] != ' ';
    if (covered) line.erase(at, 1);
    all += line + '\n';
  }
  return all;
}

class Reference : public testing::Test {
 protected:
  Reference() {
    ::setenv("SIGNALBOX_DASHBOARD_TOKEN", "dashboard-0123456789", 1);
    ::setenv("GLOBEX_REPORTS_TOKEN", "reports-0123456789", 1);
    folder_.write("keys/operator", "operator-0123456789");
    folder_.write("keys/shop", "shop-0123456789abc");
    folder_.write("schemas/item.json", "{}");
    for (auto name : {"signalbox.crt", "signalbox.key", "clients.crt"})
      folder_.write(std::string("tls/") + name, "");
  }
  ~Reference() override {
    ::unsetenv("SIGNALBOX_DASHBOARD_TOKEN");
    ::unsetenv("GLOBEX_REPORTS_TOKEN");
  }

  TemporaryFolder folder_;
};

TEST_F(Reference, loads_as_it_is) {
  const auto configuration = read_configuration(kFolder + "signalbox.reference.yaml", {});
  EXPECT_EQ(told(configuration.diagnostics), "");
}

TEST_F(Reference, loads_with_everything_uncovered) {
  const auto configuration = read_configuration(folder_.write("all.yaml", uncovered(reference_text())), {});
  EXPECT_EQ(told(configuration.diagnostics), "");
  EXPECT_EQ(configuration.settings.server.admin.tokens.size(), 2u);
  EXPECT_EQ(configuration.settings.tenants.at("globex").keys.size(), 2u);
}

TEST_F(Reference, states_the_defaults) {
  const auto settings = read_configuration(kFolder + "signalbox.reference.yaml", {}).settings;
  const Server server;
  EXPECT_EQ(settings.server.ingest, server.ingest);
  EXPECT_EQ(settings.server.admin.listen, server.admin.listen);
  EXPECT_EQ(settings.server.threads, server.threads);
  EXPECT_EQ(settings.server.default_channel, server.default_channel);
  EXPECT_EQ(settings.server.shutdown_timeout, server.shutdown_timeout);
  EXPECT_EQ(settings.server.limits, server.limits);
  EXPECT_EQ(settings.server.log, server.log);
  EXPECT_EQ(settings.store, Store());
  EXPECT_EQ(settings.delivery, Delivery());
  const auto& acme = settings.tenants.at("acme");
  EXPECT_EQ(acme.limits, TenantLimits());
  const auto& orders = acme.channels.at("orders");
  EXPECT_EQ(orders.retain, Channel().retain);
  EXPECT_EQ(orders.deduplicate, Channel().deduplicate);
  EXPECT_EQ(orders.handshake, Handshake());
  const auto& rule = orders.rules.at("big-orders");
  EXPECT_EQ(rule.enabled, Rule().enabled);
  EXPECT_EQ(rule.filter.eventbridge_compat, Filter().eventbridge_compat);
  EXPECT_EQ(rule.retry, Retry());
  EXPECT_EQ(rule.order, Rule().order);
}

constexpr const char* kProbe = "qqqqqqqqqqqqqqqqqqqqqqqqqqqqqq";  // like no key there is

/// The tree with a key in each mapping that nobody knows.
ConfigNode probed(const ConfigNode& node) {
  if (node.kind() == ConfigNode::Kind::sequence) {
    std::vector<ConfigNode> items;
    for (const auto& item : node.items()) items.push_back(probed(item));
    return ConfigNode::sequence(std::move(items), node.place(), node.path());
  }
  if (node.kind() != ConfigNode::Kind::mapping) return node;
  std::vector<ConfigNode::Member> members;
  for (const auto& member : node.members())
    members.push_back({member.key, member.key_place, probed(member.value)});
  members.push_back({kProbe, node.place(), ConfigNode()});
  return ConfigNode::mapping(std::move(members), node.place(), node.path());
}

void collect(const ConfigNode& node, std::map<std::string, std::set<std::string>>& keys_by_path) {
  for (const auto& item : node.items()) collect(item, keys_by_path);
  for (const auto& member : node.members()) {
    keys_by_path[node.path()].insert(member.key);
    collect(member.value, keys_by_path);
  }
}

std::set<std::string> known_keys(const std::string& hint) {
  constexpr std::string_view kBegin = "known here: ";
  std::set<std::string> keys;
  std::istringstream words(hint.substr(std::min(kBegin.size(), hint.size())));
  for (std::string word; std::getline(words, word, ',');)
    keys.insert(word.substr(word.find_first_not_of(' ')));
  return keys;
}

// An unknown key makes its reader list the keys it knows.  Each of them must stand somewhere in the
// reference, in a mapping of the same kind, which is one whose reader gives the same list.
TEST_F(Reference, has_every_key_that_is_read) {
  Diagnostics loading, reading;
  const auto tree = load(folder_.write("all.yaml", uncovered(reference_text())), {}, loading);
  std::map<std::string, std::set<std::string>> keys_by_path, keys_by_list;
  collect(tree.root, keys_by_path);
  read_settings(probed(tree.root), reading);
  for (const auto& fault : reading.faults()) {
    if (fault.message != "unknown key") continue;
    ASSERT_TRUE(fault.hint.starts_with("known here: ")) << fault.path << ": " << fault.hint;
    const auto path = fault.path.substr(0, fault.path.size() - std::string(kProbe).size());
    const auto& keys = keys_by_path[path.substr(0, path.empty() ? 0 : path.size() - 1)];
    keys_by_list[fault.hint].insert(keys.begin(), keys.end());
  }
  EXPECT_GE(keys_by_list.size(), 14u);  // as many kinds of mappings are read
  for (const auto& [list, keys] : keys_by_list)
    for (const auto& known : known_keys(list)) EXPECT_TRUE(keys.contains(known)) << known << " of: " << list;
}

TEST(InstalledFile, loads) {
  EXPECT_EQ(told(read_configuration(kFolder + "signalbox.yaml", {}).diagnostics), "");
}

TEST(Quickstart, loads_and_its_store_can_be_put_elsewhere) {
  const std::vector<std::string> overrides{"store.path=/elsewhere"};
  const auto configuration = read_configuration(kFolder + "quickstart.yaml", overrides);
  EXPECT_EQ(told(configuration.diagnostics), "");
  EXPECT_EQ(configuration.settings.store.path, "/elsewhere");
  const auto& demo = configuration.settings.tenants.at("demo");
  EXPECT_TRUE(demo.open);
  EXPECT_EQ(demo.targets.size(), 3u);
  EXPECT_GE(demo.channels.at("github").rules.size(), 5u);
}

}  // namespace
}  // namespace signalbox::config
