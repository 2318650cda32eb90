#include "pipeline/cesql_value.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "pipeline/cesql_arena.hpp"

namespace signalbox::pipeline {
namespace {

bool equal_ignoring_case(std::string_view text, std::string_view lower) {
  const auto same = [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + ('a' - 'A')) : a) == b;
  };
  return text.size() == lower.size() && std::equal(text.begin(), text.end(), lower.begin(), same);
}

CesqlResult to_integer(const CesqlValue& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return {*flag ? 1 : 0, CesqlError::none};
  auto text = std::get<std::string_view>(value);
  if (text.starts_with('+') && text.size() > 1 && text[1] >= '0' && text[1] <= '9') text.remove_prefix(1);
  std::int32_t number = 0;
  const auto [stop, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (ec != std::errc() || stop != text.data() + text.size()) return {0, CesqlError::cast};
  return {number, CesqlError::none};
}

CesqlResult to_boolean(const CesqlValue& value) {
  if (const auto* number = std::get_if<std::int32_t>(&value)) return {*number != 0, CesqlError::none};
  const auto text = std::get<std::string_view>(value);
  if (equal_ignoring_case(text, "true")) return {true, CesqlError::none};
  return {false, equal_ignoring_case(text, "false") ? CesqlError::none : CesqlError::cast};
}

CesqlResult to_string(const CesqlValue& value, CesqlArena& arena) {
  if (const auto* flag = std::get_if<bool>(&value))
    return {std::string_view(*flag ? "true" : "false"), CesqlError::none};
  std::array<char, 12> digits;
  const auto end =
      std::to_chars(digits.data(), digits.data() + digits.size(), std::get<std::int32_t>(value)).ptr;
  const auto mark = arena.top();
  if (!arena.push({digits.data(), static_cast<std::size_t>(end - digits.data())}))
    return {std::string_view(), CesqlError::generic};
  return {arena.since(mark), CesqlError::none};
}

}  // namespace

std::string_view to_name(CesqlError error) {
  switch (error) {
    case CesqlError::none:
      break;
    case CesqlError::parse:
      return "parse";
    case CesqlError::math:
      return "math";
    case CesqlError::cast:
      return "cast";
    case CesqlError::missing_function:
      return "missingFunction";
    case CesqlError::function_evaluation:
      return "functionEvaluation";
    case CesqlError::missing_attribute:
      return "missingAttribute";
    case CesqlError::generic:
      return "generic";
  }
  return "";
}

CesqlValue zero_of(CesqlType type) {
  switch (type) {
    case CesqlType::boolean:
    case CesqlType::any:
      break;
    case CesqlType::integer:
      return std::int32_t{0};
    case CesqlType::string:
      return std::string_view();
  }
  return false;
}

CesqlResult cast(const CesqlValue& value, CesqlType type, CesqlArena& arena) {
  if (type == CesqlType::any || type_of(value) == type) return {value, CesqlError::none};
  switch (type) {
    case CesqlType::boolean:
    case CesqlType::any:
      break;
    case CesqlType::integer:
      return to_integer(value);
    case CesqlType::string:
      return to_string(value, arena);
  }
  return to_boolean(value);
}

}  // namespace signalbox::pipeline
