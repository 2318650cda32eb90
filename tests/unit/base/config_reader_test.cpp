#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "signalbox/config_node.hpp"

namespace signalbox {
namespace {

using namespace std::chrono_literals;

Place at(unsigned line, unsigned column, const char* file = "a.yaml") {
  return {std::make_shared<const std::string>(file), line, column};
}

/// block: {<key>: <value>}, the key at 2:3, the value at 2:9.
ConfigNode block(const std::string& key, ConfigNode value) {
  return ConfigNode::mapping({{key, at(2, 3), std::move(value)}}, at(1, 1), "block");
}
ConfigNode block(const std::string& key, const std::string& text, bool quoted = false,
                 const char* file = "a.yaml") {
  return block(key, ConfigNode::scalar(text, quoted, at(2, 9, file), "block." + key));
}

/// All faults, one a line: "place: path: message (hint)".
std::string told(const Diagnostics& out) {
  std::string all;
  for (const auto& fault : out.faults()) {
    if (!all.empty()) all += '\n';
    all += (fault.warning ? "warning: " : "") + fault.place.to_string() + ": " + fault.path + ": " +
           fault.message;
    if (!fault.hint.empty()) all += " (" + fault.hint + ")";
  }
  return all;
}

enum class Mode { slow, fast };

struct Everything {
  bool flag = false;
  std::string text = "default";
  std::vector<std::string> list;
  unsigned small = 7;
  std::uint64_t large = 7;
  double real = 0.5;
  Duration wait = 1s;
  Bytes size{1};
  Rate rate;
  Mode mode = Mode::slow;
};

Everything read_everything(const ConfigNode& node, Diagnostics& out) {
  constexpr std::array<std::pair<std::string_view, Mode>, 2> kModes{
      {{"slow", Mode::slow}, {"fast", Mode::fast}}};
  Everything value;
  ConfigReader read(node, out);
  read("flag", value.flag);
  read("text", value.text);
  read("list", value.list);
  read("small", value.small, 1u, 100u);
  read("large", value.large, std::uint64_t{1}, std::uint64_t{1000});
  read("real", value.real, 0.0, 10.0);
  read("wait", value.wait, 1ms, 24h);
  read("size", value.size, Bytes{1024}, Bytes{1 << 20});
  read("rate", value.rate);
  read.choice("mode", value.mode, std::span<const std::pair<std::string_view, Mode>>(kModes));
  read.done();
  return value;
}

TEST(ConfigReader, values_of_every_kind_are_read) {
  std::vector<ConfigNode::Member> members;
  const std::pair<const char*, const char*> texts[] = {
      {"flag", "true"}, {"text", "hello"}, {"list", "one"},   {"small", "100"},  {"large", "1000"},
      {"real", "2.5"},  {"wait", "1m30s"}, {"size", "64KiB"}, {"rate", "500/s"}, {"mode", "fast"}};
  for (const auto& [key, text] : texts) members.push_back({key, {}, ConfigNode::scalar(text, false, {}, {})});
  Diagnostics out;
  const Everything value = read_everything(ConfigNode::mapping(members, {}, {}), out);
  EXPECT_EQ(told(out), "");
  EXPECT_TRUE(value.flag);
  EXPECT_EQ(value.text, "hello");
  EXPECT_EQ(value.list, std::vector<std::string>{"one"});
  EXPECT_EQ(value.small, 100u);
  EXPECT_EQ(value.large, 1000u);
  EXPECT_EQ(value.real, 2.5);
  EXPECT_EQ(value.wait, 90s);
  EXPECT_EQ(value.size, Bytes{65536});
  EXPECT_EQ(value.rate, Rate{500});
  EXPECT_EQ(value.mode, Mode::fast);
}

TEST(ConfigReader, absent_keys_leave_the_defaults) {
  Diagnostics out;
  const Everything value = read_everything(ConfigNode::null({}, {}), out);
  EXPECT_TRUE(out.faults().empty());
  EXPECT_EQ(value.text, "default");
  EXPECT_EQ(value.small, 7u);
  EXPECT_EQ(value.wait, 1s);
}

struct FaultCase {
  const char* key;
  const char* text;
  bool quoted;
  const char* message;  ///< what stands behind "a.yaml:2:9: block.<key>: "
};

TEST(ConfigReader, every_wrong_scalar_has_its_text) {
  const FaultCase cases[] = {
      {"flag", "yes", false, "expected true or false, got \"yes\" (write true)"},
      {"flag", "off", false, "expected true or false, got \"off\" (write false)"},
      {"flag", "true", true, "expected true or false, got the text \"true\" (remove the quotes)"},
      {"flag", "maybe", false, "expected true or false, got \"maybe\""},
      {"small", "0", false, "expected a whole number from 1 to 100, got 0"},
      {"small", "101", false, "expected a whole number from 1 to 100, got 101"},
      {"small", "-1", false, "expected a whole number from 1 to 100, got -1"},
      {"small", "4294967297", false, "expected a whole number from 1 to 100, got 4294967297"},
      {"small", "1.5", false, "expected a whole number from 1 to 100, got 1.5"},
      {"small", "12", true, "expected a whole number from 1 to 100, got the text \"12\" (remove the quotes)"},
      {"large", "99999999999999999999", false,
       "expected a whole number from 1 to 1000, got 99999999999999999999"},
      {"real", "11", false, "expected a number from 0 to 10, got 11"},
      {"real", "nan", false, "expected a number from 0 to 10, got \"nan\""},
      {"real", "fast", false, "expected a number from 0 to 10, got \"fast\""},
      {"wait", "30", false, "expected a duration such as 30s, got 30 (units: us ms s m h d w)"},
      {"wait", "soon", false, "expected a duration such as 30s, got \"soon\""},
      {"wait", "2d", false, "expected a duration from 1ms to 1d, got 2d"},
      {"size", "lots", false,
       "expected a size such as 512MiB, got \"lots\" (units: B KiB MiB GiB TiB, kB MB GB TB)"},
      {"size", "2MiB", false, "expected a size from 1KiB to 1MiB, got 2MiB"},
      {"rate", "5/d", false, "expected a rate such as 500/s, got \"5/d\" (units: /s /m /h)"},
      {"mode", "fats", false, "expected one of slow, fast, got \"fats\" (did you mean \"fast\"?)"},
      {"mode", "12", false, "expected one of slow, fast, got 12"},
  };
  for (const auto& c : cases) {
    Diagnostics out;
    const Everything value = read_everything(block(c.key, c.text, c.quoted), out);
    EXPECT_EQ(told(out), std::string("a.yaml:2:9: block.") + c.key + ": " + c.message);
    EXPECT_EQ(value.small, 7u);
    EXPECT_EQ(value.wait, 1s);
  }
}

TEST(ConfigReader, a_mapping_where_a_scalar_belongs_is_a_fault) {
  for (auto key : {"flag", "text", "small", "large", "real", "wait", "size", "rate", "mode"}) {
    Diagnostics out;
    read_everything(block(key, ConfigNode::mapping({}, at(2, 9), {})), out);
    ASSERT_EQ(out.faults().size(), 1u) << key;
    EXPECT_NE(told(out).find(", got a mapping"), std::string::npos) << told(out);
  }
}

TEST(ConfigReader, lists_take_scalars_only) {
  std::vector<ConfigNode> items{ConfigNode::scalar("a", false, at(3, 5), "block.list[0]"),
                                ConfigNode::mapping({}, at(4, 5), "block.list[1]")};
  Diagnostics out;
  read_everything(block("list", ConfigNode::sequence(items, at(2, 9), "block.list")), out);
  EXPECT_EQ(told(out), "a.yaml:4:5: block.list[1]: expected a text, got a mapping");
}

TEST(ConfigReader, an_unknown_key_is_a_fault_with_the_nearest_name) {
  Diagnostics out;
  read_everything(block("flga", "true"), out);
  EXPECT_EQ(told(out), "a.yaml:2:3: block.flga: unknown key (did you mean \"flag\"?)");
}

TEST(ConfigReader, an_unknown_key_like_no_other_lists_what_is_known) {
  Diagnostics out;
  read_everything(block("colour", "red"), out);
  EXPECT_EQ(told(out),
            "a.yaml:2:3: block.colour: unknown key (known here: flag, text, list, small, large, real, wait, "
            "size, rate, "
            "mode)");
}

TEST(ConfigReader, what_is_no_mapping_is_one_fault) {
  Diagnostics out;
  const auto node = ConfigNode::scalar("12", false, at(1, 8), "block");
  ConfigReader read(node, out);
  read.require("needed");
  read.done();
  EXPECT_EQ(told(out), "a.yaml:1:8: block: expected a mapping, got 12");
}

TEST(ConfigReader, a_required_key_that_is_absent_is_a_fault_at_the_mapping) {
  Diagnostics out;
  const auto node = block("there", "1");
  ConfigReader read(node, out);
  EXPECT_EQ(read.require("needed"), nullptr);
  EXPECT_NE(read.require("there"), nullptr);
  EXPECT_EQ(told(out), "a.yaml:1:1: block.needed: missing: this key must be given");
}

class SecretOfConfigReader : public testing::Test {
 protected:
  SecretOfConfigReader() {
    std::string pattern = testing::TempDir() + "/signalbox-secret-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
  }
  ~SecretOfConfigReader() override { std::filesystem::remove_all(folder_); }

  void write(const std::string& name, const std::string& bytes, mode_t mode = 0600) {
    std::filesystem::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << bytes;
    ::chmod((folder_ / name).c_str(), mode);
  }
  std::optional<Secret> read(const ConfigNode& node) {
    std::optional<Secret> value;
    ConfigReader reader(node, out_);
    reader.secret("token", value);
    reader.done();
    return value;
  }
  std::string config_file() const { return (folder_ / "a.yaml").string(); }

  std::filesystem::path folder_;
  Diagnostics out_;
};

TEST_F(SecretOfConfigReader, a_relative_file_lies_beside_the_configuration) {
  write("keys/shop", "s3cret\n\n");
  auto secret = read(block("token_file", "keys/shop", false, config_file().c_str()));
  EXPECT_EQ(told(out_), "");
  ASSERT_TRUE(secret);
  EXPECT_EQ(secret->reveal(), "s3cret");
}

TEST_F(SecretOfConfigReader, a_credential_of_systemd_is_found) {
  write("credentials/shop", "s3cret");
  ::setenv("CREDENTIALS_DIRECTORY", (folder_ / "credentials").c_str(), 1);
  auto secret = read(block("token_file", "shop", false, config_file().c_str()));
  ::unsetenv("CREDENTIALS_DIRECTORY");
  ASSERT_TRUE(secret);
  EXPECT_EQ(secret->reveal(), "s3cret");
}

TEST_F(SecretOfConfigReader, an_environment_variable_is_read) {
  ::setenv("SIGNALBOX_TEST_TOKEN", "s3cret", 1);
  auto secret = read(block("token_env", "SIGNALBOX_TEST_TOKEN"));
  ::unsetenv("SIGNALBOX_TEST_TOKEN");
  ASSERT_TRUE(secret);
  EXPECT_EQ(secret->reveal(), "s3cret");
}

TEST_F(SecretOfConfigReader, an_inline_secret_is_refused_and_not_echoed) {
  EXPECT_FALSE(read(block("token", "hunter2")));
  EXPECT_EQ(told(out_),
            "a.yaml:2:9: block.token: a secret is never written into the configuration (put it into a file "
            "and name "
            "that with token_file, or name an environment variable with token_env)");
}

TEST_F(SecretOfConfigReader, a_secret_that_cannot_be_had_is_a_fault_that_says_why) {
  write("empty", "\n");
  write("large", std::string(70'000, 'x'));
  std::filesystem::create_directory(folder_ / "folder");
  const auto file = config_file();
  const std::pair<ConfigNode, std::string> cases[] = {
      {block("token_file", "absent", false, file.c_str()),
       "cannot read \"absent\": No such file or directory"},
      {block("token_file", "empty", false, file.c_str()), "cannot read \"empty\": it is empty"},
      {block("token_file", "large", false, file.c_str()),
       "cannot read \"large\": a secret has at most 64 KiB"},
      {block("token_file", "folder", false, file.c_str()), "cannot read \"folder\": it is no regular file"},
      {block("token_file", "", true, file.c_str()), "cannot read \"\": a file has a name"},
      {block("token_env", "SIGNALBOX_NOT_SET", false, file.c_str()),
       "the environment variable \"SIGNALBOX_NOT_SET\" is not set"},
  };
  for (const auto& [node, message] : cases) {
    out_ = {};
    EXPECT_FALSE(read(node));
    ASSERT_EQ(out_.faults().size(), 1u) << message;
    EXPECT_EQ(out_.faults()[0].message, message);
    EXPECT_EQ(out_.faults()[0].place.to_string(), file + ":2:9");
  }
}

TEST_F(SecretOfConfigReader, file_and_environment_together_are_a_fault) {
  auto node = ConfigNode::mapping({{"token_file", at(2, 3), ConfigNode::scalar("a", false, at(2, 9), {})},
                                   {"token_env", at(3, 3), ConfigNode::scalar("B", false, at(3, 9), {})}},
                                  at(1, 1), "block");
  EXPECT_FALSE(read(node));
  EXPECT_EQ(told(out_), "a.yaml:3:9: block.token_env: given beside token_file: one of the two is enough");
}

TEST_F(SecretOfConfigReader, a_file_everybody_may_read_is_a_warning) {
  write("shop", "s3cret", 0644);
  EXPECT_TRUE(read(block("token_file", "shop", false, config_file().c_str())));
  EXPECT_TRUE(out_.clean());
  EXPECT_EQ(told(out_),
            "warning: " + config_file() +
                ":2:9: block.token_file: everybody on this machine may read \"shop\" (take the right away: "
                "chmod o-r)");
}

}  // namespace
}  // namespace signalbox
