#include "config/report.hpp"

#include <gtest/gtest.h>

namespace signalbox::config {
namespace {

Fault fault(unsigned line, unsigned column, std::string path, std::string message, std::string hint = {},
            bool warning = false) {
  return {{std::make_shared<const std::string>("signalbox.yaml"), line, column},
          std::move(path),
          std::move(message),
          std::move(hint),
          warning};
}

TEST(Report, a_fault_is_shown_with_its_line_a_marker_and_a_hint) {
  const Sources sources{{"signalbox.yaml", "tenants:\n  retain: lots # of it\n  tarjets: {}\n"}};
  EXPECT_EQ(report({fault(3, 3, "tenants.tarjets", "unknown key", "did you mean \"targets\"?"),
                    fault(2, 11, "tenants.retain", "expected a duration such as 30s, got \"lots\"")},
                   sources),
            "signalbox.yaml:2:11: tenants.retain: expected a duration such as 30s, got \"lots\"\n"
            "  retain: lots # of it\n"
            "          ^~~~\n"
            "signalbox.yaml:3:3: tenants.tarjets: unknown key\n"
            "  tarjets: {}\n"
            "  ^~~~~~~\n"
            "  hint: did you mean \"targets\"?\n");
}

struct MarkerCase {
  const char* line;
  unsigned column;
  const char* marker;
};

TEST(Report, the_marker_spans_the_value) {
  const MarkerCase cases[] = {
      {"a: b", 4, "   ^"},
      {"to: [crm, x]", 5, "    ^"},
      {"to: [crm, x]", 6, "     ^~~"},
      {"k: \"a, b\" # c", 4, "   ^~~~~~"},
      {"k: 'a", 4, "   ^~"},
      {"\tk: v", 5, "\t   ^"},
      {"é: ü日x, y", 4, "   ^~~"},
      {"{a: {b: 1}}", 2, " ^"},
      {"key:", 1, "^~~"},
      {"k: two words   # c", 4, "   ^~~~~~~~~"},
  };
  for (const auto& c : cases)
    EXPECT_EQ(report({fault(1, c.column, "", "m")}, {{"signalbox.yaml", c.line}}),
              "signalbox.yaml:1:" + std::to_string(c.column) + ": m\n" + c.line + "\n" + c.marker + "\n");
}

TEST(Report, without_a_source_or_a_place_the_message_stands_alone) {
  EXPECT_EQ(report({fault(9, 1, "a", "m")}, {}), "signalbox.yaml:9:1: a: m\n");
  EXPECT_EQ(report({fault(9, 1, "a", "m")}, {{"signalbox.yaml", "one line\n"}}),
            "signalbox.yaml:9:1: a: m\n");
  EXPECT_EQ(report({{{}, {}, "m", {}}}, {}), "m\n");
  EXPECT_EQ(report({{{std::make_shared<const std::string>("--set"), 0, 0}, "a.b", "m", {}}}, {}),
            "--set: a.b: m\n");
}

TEST(Report, a_warning_says_that_it_is_one) {
  EXPECT_EQ(report({fault(0, 0, "a", "m", "", true)}, {}), "signalbox.yaml: a: warning: m\n");
}

TEST(Report, colour_comes_only_when_asked_for) {
  const Sources sources{{"signalbox.yaml", "a: b\n"}};
  EXPECT_EQ(report({fault(1, 4, "a", "m")}, sources).find('\x1b'), std::string::npos);
  EXPECT_NE(report({fault(1, 4, "a", "m")}, sources, Colour::on).find("\x1b["), std::string::npos);
}

TEST(Report, of_many_faults_the_rest_is_counted) {
  std::vector<Fault> faults;
  for (unsigned i = 1; i <= 150; ++i) faults.push_back(fault(i, 1, "", "m"));
  const auto text = report(faults, {});
  EXPECT_NE(text.find("signalbox.yaml:100:1: m\nand 50 more\n"), std::string::npos);
}

TEST(Report, a_very_long_line_is_cut) {
  const Sources sources{{"signalbox.yaml", std::string(10'000, 'x')}};
  EXPECT_LT(report({fault(1, 2, "", "m")}, sources).size(), 500u);
  EXPECT_EQ(report({fault(1, 5000, "", "m")}, sources), "signalbox.yaml:1:5000: m\n");
}

TEST(Report, json_has_every_part) {
  EXPECT_EQ(to_json({}), "[]");
  EXPECT_EQ(
      to_json({fault(2, 3, "a.\"b\"", "said \"x\"\n", "hint"), fault(1, 1, "", "m", "", true)}),
      R"([{"file":"signalbox.yaml","line":1,"column":1,"path":"","message":"m","hint":"","warning":true},)"
      R"({"file":"signalbox.yaml","line":2,"column":3,"path":"a.\"b\"","message":"said \"x\"\n","hint":"hint"}])");
}

}  // namespace
}  // namespace signalbox::config
