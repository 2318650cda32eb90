#include "pipeline/template.hpp"

#include <gtest/gtest.h>

#include <initializer_list>
#include <optional>
#include <string>
#include <utility>

#include "event/json_scan.hpp"

namespace signalbox::pipeline {
namespace {

using Paths = std::initializer_list<std::pair<const char*, const char*>>;

Event event_with(std::string_view data, DataKind kind = DataKind::json) {
  EventBuilder builder;
  builder.set("specversion", "1.0").set("id", "e-1").set("source", "/shop").set("type", "order.placed");
  builder.set("subject", "say \"hi\"").set("urgent", "true", AttributeType::boolean);
  builder.set("priority", "-7", AttributeType::integer);
  return builder.data(kind, data).build();
}

/// What the template renders to, or "error: …".
std::string render(std::string_view text, Paths paths, const Event& event,
                   std::optional<Template::Format> format = std::nullopt) {
  TemplateVariables variables;
  for (const auto& [name, path] : paths) {
    const auto status = variables.declare(name, path);
    if (!status) return "error: " + status.error().message;
  }
  const auto parsed = Template::parse(text, format.value_or(Template::format_of(text)), variables);
  if (!parsed) return "refused: " + parsed.error().message;
  const TransformContext context{"acme", "orders", "big-orders",
                                 WallTime(std::chrono::seconds(1'700'000'000))};
  const TemplateValues values(variables.used(), event, context);
  if (!values.status()) return "error: " + values.status().error().message;
  auto result = parsed->render(values);
  return result ? *result : "error: " + result.error().message;
}

TEST(Template, values_outside_quotes_keep_their_json_form) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"v":"text"})", R"({"x":"text"})"},
      {R"({"v":12345678901234567890123456789})", R"({"x":12345678901234567890123456789})"},
      {R"({"v":1.10})", R"({"x":1.10})"},
      {R"({"v":-0})", R"({"x":-0})"},
      {R"({"v":true})", R"({"x":true})"},
      {R"({"v":null})", R"({"x":null})"},
      {R"({"v": {"a" : [1, 2]} })", R"({"x":{"a" : [1, 2]}})"},
      {R"({"v":[ ]})", R"({"x":[ ]})"},
      {R"({"v":"a\"\u00e9\n"})", R"({"x":"a\"\u00e9\n"})"},
      {R"({})", R"({"x":""})"},
  };
  for (const auto& [data, expected] : cases)
    EXPECT_EQ(render(R"({ "x" : <v> })", {{"v", "$.data.v"}}, event_with(data)), expected) << data;
}

TEST(Template, values_inside_quotes_are_escaped) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"v":"text"})", R"({"x":"[text]"})"},
      {R"({"v":"say \"hi\"\n"})", R"({"x":"[say \"hi\"\n]"})"},
      {R"({"v":12.50})", R"({"x":"[12.50]"})"},
      {R"({"v":false})", R"({"x":"[false]"})"},
      {R"({"v":null})", R"({"x":"[null]"})"},
      {R"({"v":{"a":"b\"c"}})", R"({"x":"[{\"a\":\"b\\\"c\"}]"})"},
      {R"({"v":["p","q"]})", R"({"x":"[[\"p\",\"q\"]]"})"},
      {R"({})", R"({"x":"[]"})"},
  };
  for (const auto& [data, expected] : cases)
    EXPECT_EQ(render(R"({"x":"[<v>]"})", {{"v", "$.data.v"}}, event_with(data)), expected) << data;
}

TEST(Template, text_takes_values_unescaped) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"v":"text"})", "v is text."},
      {R"({"v":"say \"hi\"\tA\u00e9\ud83d\ude00"})", "v is say \"hi\"\tAé😀."},
      {R"({"v":7})", "v is 7."},
      {R"({"v":{"a":1}})", R"(v is {"a":1}.)"},
      {R"({})", "v is ."},
  };
  for (const auto& [data, expected] : cases)
    EXPECT_EQ(render("v is <v>.", {{"v", "$.data.v"}}, event_with(data)), expected) << data;
}

TEST(Template, an_unpaired_surrogate_passes_in_json_and_is_an_error_in_text) {
  const auto event = event_with(R"({"v":"\ud800"})");
  EXPECT_EQ(render(R"(["<v>"])", {{"v", "$.data.v"}}, event), R"(["\ud800"])");
  EXPECT_EQ(render("<v>!", {{"v", "$.data.v"}}, event),
            "error: a value is no Unicode text: it has an unpaired surrogate");
}

TEST(Template, paths_find_attributes_and_data) {
  const auto event = event_with(R"( {"a":[{"b":"x"},{"b":"y"}],"k.1":1,"esc\u0061pe":2} )");
  const std::pair<const char*, const char*> cases[] = {
      {"$.id", R"("e-1")"},
      {"$.subject", R"("say \"hi\"")"},
      {"$.urgent", "true"},
      {"$.priority", "-7"},
      {"$.time", R"("")"},
      {"$.data.a[1].b", R"("y")"},
      {"$.data.a[2].b", R"("")"},
      {"$.data.a.b", R"("")"},
      {"$.data.a[0].b.c", R"("")"},
      {"$.data[0]", R"("")"},
      {"$.data['k.1']", "1"},
      {"$.data.escape", "2"},
      {"$.data", R"({"a":[{"b":"x"},{"b":"y"}],"k.1":1,"esc\u0061pe":2})"},
  };
  for (const auto& [path, expected] : cases) EXPECT_EQ(render("<v>", {{"v", path}}, event), expected) << path;
}

TEST(Template, data_that_is_no_json_is_a_string) {
  const auto text = event_with("line \"one\"", DataKind::text);
  EXPECT_EQ(render("[<v>]", {{"v", "$.data"}}, text), R"(["line \"one\""])");
  EXPECT_EQ(render("[<v>]", {{"v", "$.data.x"}}, text), R"([""])");
  const auto binary = event_with(std::string_view("\x00\xff", 2), DataKind::binary);
  EXPECT_EQ(render("[<v>]", {{"v", "$.data_base64"}}, binary), R"(["AP8="])");
  EXPECT_EQ(render("[<v>]", {{"v", "$.data"}}, binary), R"([""])");
  EXPECT_EQ(render("[<v>]", {{"v", "$.data"}}, event_with("", DataKind::none)), R"([""])");
  EXPECT_EQ(render("[<v>]", {{"v", "$.data"}}, event_with(" 5 ")), "[5]");
}

TEST(Template, predefined_variables_need_no_path) {
  const auto event = event_with(R"({"n":1})");
  EXPECT_EQ(render("<aws.events.rule-name> triggered", {}, event), "big-orders triggered");
  EXPECT_EQ(render(R"(["<aws.events.rule-name>",<aws.events.rule-name>])", {}, event),
            R"(["big-orders","big-orders"])");
  EXPECT_EQ(render("[<aws.events.rule-arn>]", {}, event), R"(["acme/orders/big-orders"])");
  EXPECT_EQ(render("[<aws.events.event.ingestion-time>]", {}, event), R"(["2023-11-14T22:13:20Z"])");
  const auto whole = render("<aws.events.event.json>", {}, event);
  EXPECT_NE(whole.find(R"("data":{"n":1})"), std::string::npos) << whole;
  EXPECT_EQ(whole, render("<v>", {{"v", "$"}}, event));
  const auto without_data = render("<aws.events.event>", {}, event);
  EXPECT_EQ(without_data.find("data"), std::string::npos) << without_data;
  EXPECT_NE(without_data.find(R"("id":"e-1")"), std::string::npos) << without_data;
}

TEST(Template, a_path_may_stand_in_the_placeholder_itself) {
  const auto event = event_with(R"({"n":1,"a b":"x"})");
  EXPECT_EQ(render(R"({"n":<$.data.n>,"s":"<$.data['a b']>"})", {}, event), R"({"n":1,"s":"x"})");
  EXPECT_EQ(render("<$..n>!", {}, event).rfind("refused: path", 0), 0u);
}

TEST(Template, a_path_with_a_wildcard_is_the_list_of_what_it_finds) {
  const auto event = event_with(R"({"items":[{"p":1.50},{"q":0},{"p":"x\"y"}],"n":7})");
  EXPECT_EQ(render(R"({"p":<$.data.items[*].p>,"s":"<$.data.items[*].p>"})", {}, event),
            R"({"p":[1.50,"x\"y"],"s":"[1.50,\"x\\\"y\"]"})");
  EXPECT_EQ(render("<$.data.items[*].p> of <$.data.n[*]> and <$.data.none.*>", {}, event),
            R"([1.50,"x\"y"] of [] and [])");
}

TEST(Template, json_is_told_from_text_by_its_beginning) {
  for (auto text : {"{\"a\":<v>}", " [1]", "\"<v>\"", "<v>", " <v>\n", "<$.data.v>"})
    EXPECT_EQ(Template::format_of(text), Template::Format::json) << text;
  for (auto text : {"", "hello", "<v> is", "is <v>", "<v><v>", "<b>bold</b>", "12", "< v >"})
    EXPECT_EQ(Template::format_of(text), Template::Format::text) << text;
}

TEST(Template, several_quoted_lines_stay_quoted_lines_of_text) {
  const auto event = event_with(R"({"n":1,"s":"x\"y","o":{"a":"b"}})");
  for (auto text : {"\"a\"\n\"b\"", " \"a <v>\" \n\n \"b\\\"\"\n\"\"\n"})
    EXPECT_EQ(Template::format_of(text), Template::Format::quoted_lines) << text;
  for (auto text : {"\"a\"", "\"a\" \"b\"", "\"a\",\n\"b\"", "\"a\"\nb", "\"a\"\n\"b", "\"a\"\n[]"})
    EXPECT_NE(Template::format_of(text), Template::Format::quoted_lines) << text;
  EXPECT_EQ(render("\"n: <$.data.n>\"\n\n  \"s: \\\"<$.data.s>\\\"\"\n\"o: <$.data.o> <$.data.none>\"\n", {},
                   event),
            "\"n: 1\"\n\"s: \\\"x\\\"y\\\"\"\n\"o: {\\\"a\\\":\\\"b\\\"} \"");
  EXPECT_EQ(render("\"a\"\n\"\\x\"", {}, event).rfind("refused", 0), 0u);
}

TEST(Template, what_cannot_become_valid_json_is_refused_when_read) {
  for (auto text : {"{",
                    "{\"a\":}",
                    "{\"a\":<v>",
                    "{\"a\":1<v>}",
                    "{\"a\":<v>1}",
                    "{\"a\":-<v>}",
                    "{<v>:1}",
                    "[<v> <v>]",
                    "{\"<v>\":1}",
                    "{\"x<v>\" :1}",
                    "{\"a\":\"<v>}",
                    "{\"a\":tru<v>}",
                    "\"a\" \"b\"",
                    "[1,]",
                    "{\"a\":01}",
                    "{\"a\":\"\\q\"}",
                    "[\"\\u12<v>\"]",
                    "[\"\\u00<v>41\"]",
                    "{\"a\":1,\"a\":<v>}",
                    "\"line\nbreak\"",
                    "[<v>"})
    EXPECT_EQ(render(text, {{"v", "$.data.v"}}, event_with(R"({"v":1})")).rfind("refused: ", 0), 0u) << text;
}

TEST(Template, numbers_of_the_template_are_kept_as_written) {
  EXPECT_EQ(render("[123456789012345678901234567890, 1.50, 1e400, <v>]", {{"v", "$.data.v"}},
                   event_with(R"({"v":1})")),
            "[123456789012345678901234567890,1.50,1e400,1]");
}

TEST(Template, white_space_outside_quotes_goes_and_inside_stays) {
  EXPECT_EQ(render("{\n  \"a b\" : [ 1 ,\t<v> ]\r\n}", {{"v", "$.data.v"}}, event_with(R"({"v":"x y"})")),
            R"({"a b":[1,"x y"]})");
}

TEST(Template, unknown_variables_are_refused_with_the_nearest_name) {
  const auto event = event_with("{}");
  EXPECT_EQ(render("<custmer>!", {{"customer", "$.data.c"}}, event),
            "refused: no variable <custmer> under paths; did you mean <customer>?");
  EXPECT_EQ(render("<b>bold</b>", {}, event),
            "refused: no variable <b> under paths; write \\< for the character itself");
}

TEST(Template, the_character_itself_is_escaped_by_a_backslash) {
  const auto event = event_with(R"({"v":1})");
  EXPECT_EQ(render("\\<b>bold</b> <v> < 5 \\n", {{"v", "$.data.v"}}, event), "<b>bold</b> 1 < 5 \\n");
  EXPECT_EQ(render(R"({"x":"\<v> <v> \u003cv> \\ \""})", {{"v", "$.data.v"}}, event),
            R"({"x":"<v> 1 \u003cv> \\ \""})");
}

TEST(Template, reserved_and_malformed_names_cannot_be_declared) {
  TemplateVariables variables;
  for (auto name : {"", "a b", "a.b", "<a", "aws.events.event", "AWS", "aws-x", "Aws_y"})
    EXPECT_FALSE(variables.declare(name, "$.data")) << name;
  EXPECT_FALSE(variables.declare(std::string(257, 'a'), "$.data"));
  for (auto name : {"a", "A-1_b", "awsome", "aw"}) EXPECT_TRUE(variables.declare(name, "$.data")) << name;
}

TEST(Template, a_hundred_paths_are_the_most) {
  TemplateVariables variables;
  for (std::size_t i = 0; i < TemplateVariables::kPathsMax; ++i)
    ASSERT_TRUE(variables.declare("v" + std::to_string(i), "$.data"));
  EXPECT_EQ(variables.declare("one-more", "$.data").error().code, Errc::too_large);
}

TEST(Template, size_depth_and_result_are_bounded) {
  TemplateVariables variables;
  const auto longest = "\"" + std::string(Template::kTextBytesMax - 2, 'a') + "\"";
  EXPECT_TRUE(Template::parse(longest, Template::Format::json, variables));
  EXPECT_EQ(Template::parse(longest + " ", Template::Format::json, variables).error().code, Errc::too_large);

  const auto deep = [](std::size_t n) { return std::string(n, '[') + "<v>" + std::string(n, ']'); };
  const auto nested = event_with(R"({"v":[[{"a":"]]"}],[]]})");  // three deep
  EXPECT_EQ(render(deep(61), {{"v", "$.data.v"}}, nested).size(),
            2 * 61 + std::string(R"([[{"a":"]]"}],[]])").size());
  EXPECT_EQ(render(deep(62), {{"v", "$.data.v"}}, nested),
            "error: the template's result nests deeper than 64");
  EXPECT_EQ(render(deep(65), {{"v", "$.data.v"}}, nested).rfind("refused: ", 0), 0u);

  const auto big = event_with("{\"v\":\"" + std::string(600 << 10, 'x') + "\"}");
  EXPECT_EQ(render("[<v>]", {{"v", "$.data.v"}}, big).size(), (600u << 10) + 4);
  EXPECT_EQ(render("[<v>,<v>]", {{"v", "$.data.v"}}, big),
            "error: the template's result is larger than 1 MiB");
}

TEST(Template, data_that_only_claims_to_be_json_is_an_error) {
  EXPECT_EQ(render("[<v>]", {{"v", "$.data.v"}}, event_with("{\"v\":}"))
                .rfind("error: the event's data is not valid", 0),
            0u);
}

TEST(Template, a_damaged_escape_is_read_within_bounds) {
  for (auto data : {R"({"v":"\u1"})", R"({"v":"\u12)", R"({"v":"\q"})"})
    EXPECT_EQ(render("<v>!", {{"v", "$.data.v"}}, event_with(data)).rfind("error: ", 0), 0u) << data;
}

TEST(Template, every_rendering_of_a_json_template_is_valid_json) {
  const char* values[] = {"\"a\\\"b\\\\\"", "\"\\u0000\"", "1e9",     "{}",  "[[]]",
                          "{\"a\":\"}\"}",  "null",        "\"<v>\"", "\"\""};
  const char* templates[] = {"<v>",         "\"<v>\"",          "[<v>,\"<v><v>\"]", "{\"a\":{\"b\":<v>}}",
                             "\"\\\\<v>\"", "{\"a\" :\"x<v>\"}"};
  for (auto value : values)
    for (auto text : templates) {
      const auto result = render(text, {{"v", "$.data.v"}}, event_with(std::string("{\"v\":") + value + "}"));
      EXPECT_FALSE(event::validate_json(result, 64)) << text << " with " << value << ": " << result;
    }
}

}  // namespace
}  // namespace signalbox::pipeline
