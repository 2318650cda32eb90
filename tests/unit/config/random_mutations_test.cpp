#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <random>
#include <sstream>

#include "config/overrides.hpp"
#include "config/report.hpp"
#include "config/settings.hpp"
#include "config/yaml.hpp"

// Whatever stands in a file, reading ends, and says so when it did not understand.
namespace signalbox::config {
namespace {

constexpr std::uint32_t kSeed = 20261123;
constexpr int kRounds = 300;

std::string file_text(const std::string& name) {
  std::ifstream file(std::string(SIGNALBOX_SOURCE_DIR) + "/config/" + name);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

class Mutator {
 public:
  explicit Mutator(std::uint32_t seed) : random_(seed) {}

  std::string operator()(std::string text) {
    const std::size_t changes = 1 + below(8);
    for (std::size_t i = 0; i < changes && !text.empty(); ++i) change(text);
    return text;
  }
  std::size_t below(std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random_);
  }

 private:
  void change(std::string& text) {
    static const std::string kTokens[] = {"[",
                                          "]",
                                          "{",
                                          "}",
                                          ": ",
                                          "- ",
                                          "? ",
                                          "&a ",
                                          "*a",
                                          "!t ",
                                          "!!int ",
                                          "|\n",
                                          ">\n",
                                          "\"",
                                          "'",
                                          "#",
                                          "---\n",
                                          "...\n",
                                          "%YAML 1.2\n",
                                          "\t",
                                          "\n",
                                          "\r",
                                          ",",
                                          "~",
                                          "\xEF\xBB\xBF",
                                          "\xff",
                                          std::string(1, '\0'),
                                          "<<",
                                          "@",
                                          "`",
                                          "\\"};
    const std::size_t at = below(text.size());
    switch (below(5)) {
      case 0:
        text[at] = static_cast<char>(below(256));
        break;
      case 1:
        text.erase(at, 1 + below(20));
        break;
      case 2:
        text.insert(at, kTokens[below(std::size(kTokens))]);
        break;
      case 3:
        text.insert(at, text.substr(below(text.size()), below(200)));
        break;
      default:
        text.resize(at);
        break;
    }
  }

  std::mt19937 random_;
};

void read_all(const std::string& text) {
  const SourceText source{std::make_shared<const std::string>("a.yaml"), text};
  TreeBudget budget;
  Diagnostics out;
  const auto root = parse_yaml(source, budget, out);
  EXPECT_TRUE(root || !out.clean());
  if (root) {
    root->to_json();
    read_settings(*root, out);
  }
  const auto lines = static_cast<unsigned>(std::count(text.begin(), text.end(), '\n')) + 2;
  for (const auto& fault : out.faults()) {
    EXPECT_FALSE(fault.message.empty());
    EXPECT_LE(fault.place.line, lines);
  }
  report(out.faults(), {{"a.yaml", text}}, Colour::on);
  to_json(out.faults());
}

TEST(RandomMutations, of_configurations_are_read_or_refused) {
  for (const char* name : {"signalbox.reference.yaml", "quickstart.yaml"}) {
    const std::string text = file_text(name);
    for (std::uint32_t round = 0; round < kRounds; ++round) {
      SCOPED_TRACE("seed " + std::to_string(kSeed + round));
      read_all(Mutator(kSeed + round)(text));
    }
  }
}

TEST(RandomMutations, of_assignments_are_put_over_or_refused) {
  const ConfigNode root;
  for (std::uint32_t round = 0; round < kRounds; ++round) {
    Diagnostics out;
    with_override(root, Mutator(kSeed + round)("tenants.\"acme.eu\".channels[0]={ a: [1, 'x'], b: ~ }"), out);
  }
}

}  // namespace
}  // namespace signalbox::config
