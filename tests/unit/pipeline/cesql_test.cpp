#include "pipeline/cesql.hpp"

#include <gtest/gtest.h>

#include "pipeline/eval.hpp"

namespace signalbox::pipeline {
namespace {

Event sample() {
  return EventBuilder()
      .set("specversion", "1.0")
      .set("id", "1")
      .set("source", "/s")
      .set("type", "tä😀")
      .set("urgent", "true", AttributeType::boolean)
      .set("size", "42", AttributeType::integer)
      .data(DataKind::text, "text")
      .build();
}

/// The value as JSON, and the error's name after a space.
std::string evaluate(std::string_view text) {
  const auto expression = CesqlExpression::parse(text);
  if (!expression) return "parse " + expression.error().message;
  FieldSet set;
  std::vector<FieldId> fields;
  for (const auto& name : expression->attributes().all()) fields.push_back(set.add(name));
  FilterInput input;
  const auto event = sample();
  input.fill(set, event);
  const auto result = expression->evaluate(input, fields);
  std::string out;
  if (const auto* flag = std::get_if<bool>(&result.value))
    out = *flag ? "true" : "false";
  else if (const auto* number = std::get_if<std::int32_t>(&result.value))
    out = std::to_string(*number);
  else
    out = "\"" + std::string(std::get<std::string_view>(result.value)) + "\"";
  return result.error == CesqlError::none ? out : out + " " + std::string(to_name(result.error));
}

TEST(Cesql, expressions_have_the_value_the_language_gives_them) {
  const struct {
    const char *expression, *value;
  } rows[] = {
      {"TrUe", "true"},
      {"size + 1", "43"},
      {"urgent", "true"},
      {"TYPE", "\"tä😀\""},
      {"EXISTS Urgent AND NOT EXISTS subject", "true"},
      {"data", "false missingAttribute"},
      // Precedence.
      {"1 + 2 * 3", "7"},
      {"10 - 2 - 3", "5"},
      {"NOT 0 = 1", "true"},
      {"1 + 1 IN (2)", "1"},
      {"2 - '1' LIKE '1'", "1"},
      {"FALSE AND FALSE OR TRUE", "false"},
      {"-size * 2", "-84"},
      {"1 - -1", "2"},
      {"'10'--1", "11"},
      {"TRUE = TRUE = FALSE", "false"},
      // Casts.
      {"'abc' = 1", "false cast"},
      {"1 = 'abc'", "false"},
      {"TRUE = 'TRUE'", "false"},
      {"'TRUE' = TRUE", "true"},
      {"'5' < '10'", "true"},
      {"'e' < 'f'", "false cast"},
      {"NOT 10", "false"},
      {"INT('+7') + INT('-007')", "0"},
      {"INT('+-7')", "0 cast"},
      {"INT('7 ')", "0 cast"},
      {"INT('2147483648')", "0 cast"},
      {"BOOL('fAlSe')", "false"},
      {"STRING(-0)", "\"0\""},
      // Errors and short circuits.
      {"missing OR TRUE", "false missingAttribute"},
      {"TRUE OR missing", "true"},
      {"FALSE AND 1 / 0 = 1", "false"},
      {"1 / 0", "0 math"},
      {"-2147483648 / -1", "-2147483648"},
      {"-2147483648 % -1", "0"},
      {"2147483647 + 1", "-2147483648"},
      {"65536 * 65536", "0"},
      {"-(-2147483648)", "-2147483648"},
      {"ABS(-2147483648)", "2147483647 math"},
      {"1 IN ('x', 1)", "false cast"},
      {"1 IN (1, 'x')", "true"},
      {"1 NOT IN (missing)", "false missingAttribute"},
      {"foo(missing)", "false missingFunction"},
      {"LEFT('a')", "false missingFunction"},
      {"TRIM(LEFT('a', -1))", "\"\" functionEvaluation"},
      {"LEFT('a', -1)", "\"a\" functionEvaluation"},
      // Characters, not bytes.
      {"LENGTH(type)", "3"},
      {"LEFT(type, 2)", "\"tä\""},
      {"RIGHT(type, 2)", "\"ä😀\""},
      {"SUBSTRING(type, 2, 1)", "\"ä\""},
      {"SUBSTRING(type, -1)", "\"😀\""},
      {"SUBSTRING('abc', 0)", "\"\""},
      {"SUBSTRING('abc', 3, -1)", "\"\" functionEvaluation"},
      {"SUBSTRING('abc', 2, 2147483647)", "\"bc\""},
      {"RIGHT('abc', 0)", "\"\""},
      {"type LIKE 't__'", "true"},
      {"UPPER('äß') = 'ÄSS'", "true"},
      {"TRIM('\u2003\n a b \u00a0')", "\"a b\""},
      {"TRIM('  ')", "\"\""},
      {"CONCAT_WS(', ', 1, TRUE, 'x')", "\"1, true, x\""},
      {"CONCAT()", "\"\""},
      {"LENGTH(CONCAT(urgent, size))", "6"},
      {"CONCAT_WS('-')", "\"\""},
      {"CONCAT_WS('-', 'a')", "\"a\""},
      {"CONCAT_WS(1, 2, 3)", "\"213\""},
      {"RIGHT('abc', -1)", "\"abc\" functionEvaluation"},
      {"RIGHT('abc', 9)", "\"abc\""},
      {"LEFT('abc', 0)", "\"\""},
      {"SUBSTRING('abc', 4)", "\"\" functionEvaluation"},
      {"SUBSTRING('abc', -4)", "\"\" functionEvaluation"},
      {"SUBSTRING('abc', -3, 2)", "\"ab\""},
      {"SUBSTRING('', 0)", "\"\""},
      {"ABS(-5) + ABS('5')", "10"},
      {"LOWER('ÄB')", "\"äb\""},
      // Beyond the specification, as in its drafts: whether a cast would do.
      {"IS_INT('+5') AND IS_INT(TRUE) AND NOT IS_INT('5.0')", "true"},
      {"IS_INT('2147483648')", "false"},
      {"IS_BOOL('True') AND IS_BOOL(7) AND NOT IS_BOOL('yes')", "true"},
      {"IS_INT(missing)", "false missingAttribute"},
      // Attributes of other types, and those that are missing.
      {"size = '42' AND 42 = size AND size > 41", "true"},
      {"urgent = TRUE AND TRUE = urgent AND urgent = 'true'", "true"},
      {"urgent = 'TRUE'", "false"},
      {"urgent + 1", "2"},
      {"size LIKE '4_' AND urgent LIKE 'tr%'", "true"},
      {"size IN ('42', 7) AND '42' IN (size) AND id NOT IN (2, 3)", "true"},
      {"NOT urgent", "false"},
      {"missing", "false missingAttribute"},
      {"missing + 1", "0 missingAttribute"},
      {"1 / missing", "0 missingAttribute"},
      {"CONCAT('a', missing)", "\"\" missingAttribute"},
      {"missing = ''", "false missingAttribute"},
      {"NOT missing", "false missingAttribute"},
      {"-missing", "0 missingAttribute"},
      {"missing LIKE '%'", "false missingAttribute"},
      {"EXISTS missing OR EXISTS data", "false"},
      {"FALSE XOR missing", "false missingAttribute"},
      {"TRUE XOR TRUE XOR TRUE", "true"},
      {"7 % -3 + -7 % 3 + -7 / 2", "-3"},
      {"1 <> 1 OR 1 != 2", "true"},
      {"5 % 0", "0 math"},
      // LIKE takes everything literally but % and _.
      {"'a.b*' LIKE 'a.b*'", "true"},
      {"'axb' LIKE 'a.b'", "false"},
      {"'a\\x' LIKE 'a\\x'", "true"},
      {"'a%' LIKE 'a\\%'", "true"},
      {"'ab' LIKE 'a\\%'", "false"},
      {"'a\nb' LIKE 'a%b'", "true"},
      {"'ab' NOT LIKE 'a'", "true"},
      // Strings.
      {"'it\\'s'", "\"it's\""},
      {"'it''s'", "\"it's\""},
      {"'a\\b'", "\"a\\b\""},
      {"'\\\\'", "\"\\\\\""},
      {"\"a'b\"", "\"a'b\""},
  };
  for (const auto& row : rows) EXPECT_EQ(evaluate(row.expression), row.value) << row.expression;
}

TEST(Cesql, what_is_no_expression_is_refused_with_its_place) {
  const struct {
    const char *expression, *message;
  } rows[] = {
      {"", "at the end: a value was expected"},
      {"()", "at character 1: a value was expected"},
      {"ABC(", "at the end: a value was expected"},
      {"(1", "at the end: \")\" was expected"},
      {"1 -1", "at character 2: an operator was expected"},
      {"1-1", "at character 1: an operator was expected"},
      {"SELECT 1", "at character 7: an operator was expected"},
      {"x LIKE 123", "at character 7: LIKE takes a string in quotation marks"},
      {"x IN ()", "at character 5: IN takes a list in parentheses, as in IN ('a', 'b')"},
      {"x IN (1", "at the end: a comma or \")\" was expected"},
      {"EXISTS 'id'", "at character 7: EXISTS takes the name of an attribute"},
      {"$id", "at character 0: this character has no meaning here"},
      {"TRUE;", "at character 4: this character has no meaning here"},
      {"a ! = b", "at character 2: this character has no meaning here"},
      {"2147483648", "at character 0: an integer must be from -2147483648 to 2147483647"},
      {"-2147483649", "at character 0: an integer must be from -2147483648 to 2147483647"},
      {"'abc", "at character 0: a string without its closing quotation mark"},
      {"'abc\\", "at character 0: a string without its closing quotation mark"},
      {"f1(1)", "at character 2: an operator was expected"},
      {"foo_bar", "at character 0: a function was expected to be called"},
      {"AND", "at character 0: a value was expected"},
      {"a NOT b", "at character 2: an operator was expected"},
  };
  for (const auto& row : rows)
    EXPECT_EQ(evaluate(row.expression), "parse " + std::string(row.message)) << row.expression;
}

TEST(Cesql, size_nesting_and_chains_are_bounded) {
  EXPECT_NE(evaluate(std::string(kCesqlBytesMax + 1, ' ')).find("at most"), std::string::npos);
  EXPECT_NE(evaluate(std::string(1000, '(')).find("nested too deeply"), std::string::npos);
  std::string nots, chain = "1", logic = "TRUE";
  for (int i = 0; i < 1000; ++i) nots += "NOT ", chain += " + 1", logic += " AND TRUE";
  EXPECT_NE(evaluate(nots + "TRUE").find("nested too deeply"), std::string::npos);
  EXPECT_NE(evaluate(chain).find("too many operators"), std::string::npos);
  EXPECT_NE(evaluate(logic).find("too many operators"), std::string::npos);
  EXPECT_EQ(evaluate(chain.substr(0, 1 + 4 * 500)), "501");
}

TEST(Cesql, a_string_that_grows_without_bound_is_an_error) {
  std::string doubling = "type";
  for (int i = 0; i < 10; ++i) doubling = "CONCAT(" + doubling + "," + doubling + ")";
  EXPECT_EQ(evaluate("LENGTH(" + doubling + ")"), "3072");
  const auto event = EventBuilder()
                         .set("specversion", "1.0")
                         .set("id", "1")
                         .set("source", "/s")
                         .set("type", std::string(1 << 20, 'x'))
                         .build();
  const auto filter = compile_cesql("EXISTS type AND LENGTH(CONCAT(type,type,type,type,type,type)) > 0");
  ASSERT_TRUE(filter);
  EXPECT_FALSE((*filter)->matches(event));
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

/// An event with a megabyte of `text` as its type.
Event large(std::string_view text) {
  return EventBuilder()
      .set("specversion", "1.0")
      .set("id", "1")
      .set("source", "/s")
      .set("type", repeated(text, (1 << 20) / text.size()))
      .build();
}

TEST(Cesql, hostile_expressions_are_refused_or_come_to_an_end) {
  const auto event = large("a");
  std::string growing = "type";
  while (growing.size() < kCesqlBytesMax / 3) growing = "CONCAT(" + growing + "," + growing + ")";
  const struct {
    const char* what;
    std::string expression, refusal;
  } rows[] = {
      {"parentheses", repeated("(", 10'000), "nested too deeply"},
      {"closed parentheses", repeated("(", 8'000) + "1" + repeated(")", 8'000), "nested too deeply"},
      {"functions", repeated("ABS(", 4'000), "nested too deeply"},
      {"lists", repeated("1 IN (", 2'000), "nested too deeply"},
      {"NOT", repeated("NOT ", 4'000) + "TRUE", "nested too deeply"},
      {"minus", repeated("- ", 8'000) + "1", "nested too deeply"},
      {"AND", "TRUE" + repeated(" AND TRUE", 1'800), "too many operators"},
      {"sums", "1" + repeated("+ 1", 5'000), "too many operators"},
      {"comparisons", "1" + repeated("=1", 8'000), "too many operators"},
      {"LIKE on LIKE", "'a'" + repeated(" LIKE 'a'", 1'700), "too many operators"},
      {"IN on IN", "1" + repeated(" IN (1)", 2'000), "too many operators"},
      {"many %", "type LIKE '" + repeated("%a", 8'000) + "%'", ""},
      {"many % without a match", "type LIKE '" + repeated("%a", 8'000) + "%b'", ""},
      {"many % with _", "type LIKE '" + repeated("%a_", 5'000) + "'", ""},
      {"a long run with _", "type LIKE '%a_" + repeated("a", 16'000) + "b%'", ""},
      {"many long runs", "FALSE" + repeated(" OR type LIKE '%a_aaaaaaaaaaaaaaaab%'", 400), ""},
      {"a long list", "type IN ('b'" + repeated(",'b'", 3'900) + ")", ""},
      {"a list of the same", "CONCAT(type,'x') IN (type" + repeated(",type", 3'000) + ",1)", ""},
      {"joined at once", "LENGTH(CONCAT(type" + repeated(",type", 3'000) + ")) = 1", ""},
      {"joined in each other", growing + " = ''", ""},
      {"many strings at once", "type = ''" + repeated(" OR CONCAT(type,type,type) = ''", 400), ""},
      {"upper case again and again", "FALSE" + repeated(" OR UPPER(type) = ''", 450), ""},
      {"substrings", "FALSE" + repeated(" OR SUBSTRING(CONCAT(type,type),-1) = ''", 380), ""},
      {"live strings", repeated("CONCAT(type,type,type) = (", 60) + "1" + repeated(")", 60), ""},
  };
  for (const auto& row : rows) {
    const auto filter = compile_cesql(row.expression);
    if (!row.refusal.empty()) {
      ASSERT_FALSE(filter) << row.what;
      EXPECT_NE(filter.error().message.find(row.refusal), std::string::npos)
          << row.what << ": " << filter.error().message;
      continue;
    }
    ASSERT_TRUE(filter) << row.what << ": " << filter.error().message;
    (*filter)->matches(event);
  }
}

TEST(Cesql, a_string_or_an_effort_beyond_the_bounds_is_an_error) {
  const auto error_of = [](std::string_view text) {
    const auto expression = CesqlExpression::parse(text);
    EXPECT_TRUE(expression) << text;
    FieldSet set;
    std::vector<FieldId> fields;
    for (const auto& name : expression->attributes().all()) fields.push_back(set.add(name));
    FilterInput input;
    const auto event = large("ΐ");  // upper case has three times the bytes
    input.fill(set, event);
    return std::string(to_name(expression->evaluate(input, fields).error));
  };
  EXPECT_EQ(error_of("LENGTH(CONCAT(type,type,type,type)) = 2097152"), "");
  EXPECT_EQ(error_of("LENGTH(CONCAT(type,type,type,type,'x')) = 1"), "functionEvaluation");
  EXPECT_EQ(error_of("LENGTH(CONCAT_WS(type,type,type,type)) = 1"), "functionEvaluation");
  EXPECT_EQ(error_of("UPPER(type) = ''"), "");
  EXPECT_EQ(error_of("UPPER(CONCAT(type,type)) = ''"), "functionEvaluation");
  EXPECT_EQ(error_of("FALSE" + repeated(" OR CONCAT(type,type,type,type) = ''", 20)), "generic");
  EXPECT_EQ(error_of("type LIKE '%ΐ_" + repeated("ΐ", 7'000) + "b%'"), "generic");
  EXPECT_EQ(error_of("type LIKE '%ΐ_" + repeated("ΐ", 20) + "b%'"), "");
}

TEST(Cesql, as_a_filter_only_true_without_an_error_passes) {
  const struct {
    const char* expression;
    bool passes;
  } rows[] = {{"id = '1'", true},        {"id = '2'", false},
              {"missing = '1'", false},  {"1", false},
              {"'true'", false},         {"size = '42' AND urgent = 'true'", true},
              {"TRUE OR missing", true}, {"type LIKE 't%' AND EXISTS size", true}};
  for (const auto& row : rows) {
    const auto filter = compile_filter({FilterSpec::Kind::sql, row.expression});
    ASSERT_TRUE(filter) << filter.error().message;
    EXPECT_EQ((*filter)->matches(sample()), row.passes) << row.expression;
  }
}

TEST(Cesql, a_filter_with_an_unknown_function_is_refused) {
  EXPECT_EQ(compile_cesql("TRUE OR LENGHT(id) = 1").error().message,
            "unknown function LENGHT; did you mean LENGTH?");
  EXPECT_EQ(compile_cesql("LEFT(id) = ''").error().message, "LEFT does not take 1 arguments");
  const auto dialect = compile_filter({FilterSpec::Kind::filters, R"([{"not":{"sql":"id ="}}])"});
  ASSERT_FALSE(dialect);
  EXPECT_EQ(dialect.error().message, "/0/not/sql: at the end: a value was expected");
}

TEST(Cesql, a_sql_line_answers_the_result) {
  EXPECT_EQ(eval_sql(R"x({"expression":"CONCAT(id, '\"é')","event":{"id":"1"}})x"), R"({"result":"1\"é"})");
  EXPECT_EQ(eval_sql(R"({"expression":"size + 1","event":{"size":41}})"), R"({"result":42})");
  EXPECT_EQ(eval_sql(R"({"expression":"id","event":{"id":null}})"),
            R"({"result":false,"error":"missingAttribute"})");
  EXPECT_EQ(eval_sql(R"({"expression":"1 -1","event":{}})"), R"({"result":false,"error":"parse"})");
  EXPECT_EQ(eval_sql(R"({"expression":1,"event":{}})"), R"({"error":"\"expression\" is not a string"})");
}

}  // namespace
}  // namespace signalbox::pipeline
