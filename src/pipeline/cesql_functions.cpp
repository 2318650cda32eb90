#include "pipeline/cesql_functions.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <limits>

#include "pipeline/case_mapping.hpp"
#include "pipeline/utf8.hpp"

namespace signalbox::pipeline {
namespace {

constexpr auto kAnyNumber = std::numeric_limits<std::size_t>::max();
constexpr auto kInt32Min = std::numeric_limits<std::int32_t>::min();
constexpr auto kInt32Max = std::numeric_limits<std::int32_t>::max();

std::string& text_of(CesqlValue& value) { return std::get<std::string>(value); }
std::int32_t number_of(const CesqlValue& value) { return std::get<std::int32_t>(value); }

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

/// In characters, not bytes.
std::size_t length(std::string_view text) {
  return text.size() - static_cast<std::size_t>(std::count_if(text.begin(), text.end(), continues_character));
}

/// Where character `index` (from 0) begins; the end when there are fewer.
std::size_t offset_of(std::string_view text, std::size_t index) {
  std::size_t at = 0;
  for (; index > 0 && at < text.size(); --index) at += utf8_length(text[at]);
  return std::min(at, text.size());
}

bool equal_ignoring_case(std::string_view text, std::string_view lower) {
  const auto same = [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + ('a' - 'A')) : a) == b;
  };
  return text.size() == lower.size() && std::equal(text.begin(), text.end(), lower.begin(), same);
}

/// Unicode's White_Space.
bool is_white_space(std::uint32_t c) {
  return (c >= 9 && c <= 13) || c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
         c == 0x3000;
}

std::string map_characters(std::string_view text, std::string (*map)(std::uint32_t)) {
  std::string out;
  while (!text.empty()) {
    const auto [code_point, size] = first_character(text);
    out += map(code_point);
    text.remove_prefix(size);
  }
  return out;
}

CesqlResult identity(std::span<CesqlValue> arguments) { return {std::move(arguments[0]), CesqlError::none}; }

CesqlResult absolute(std::span<CesqlValue> arguments) {
  const auto x = number_of(arguments[0]);
  if (x == kInt32Min) return {kInt32Max, CesqlError::math};
  return {std::abs(x), CesqlError::none};
}

template <CesqlType Type>
CesqlResult is_castable(std::span<CesqlValue> arguments) {
  return {cast(std::move(arguments[0]), Type).error == CesqlError::none, CesqlError::none};
}

CesqlResult string_length(std::span<CesqlValue> arguments) {
  return {static_cast<std::int32_t>(length(text_of(arguments[0]))), CesqlError::none};
}

/// Joining the same attribute again and again must not grow without bound.
constexpr std::size_t kStringBytesMax = 4 << 20;

CesqlResult join(std::string_view delimiter, std::span<CesqlValue> parts) {
  std::string out;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) out += delimiter;
    out += text_of(parts[i]);
    if (out.size() > kStringBytesMax) return {std::string(), CesqlError::function_evaluation};
  }
  return {std::move(out), CesqlError::none};
}

CesqlResult concat(std::span<CesqlValue> arguments) { return join("", arguments); }
CesqlResult concat_ws(std::span<CesqlValue> arguments) {
  return join(text_of(arguments[0]), arguments.subspan(1));
}

CesqlResult lower(std::span<CesqlValue> arguments) {
  return {map_characters(text_of(arguments[0]), to_lower), CesqlError::none};
}

CesqlResult upper(std::span<CesqlValue> arguments) {
  return {map_characters(text_of(arguments[0]), to_upper), CesqlError::none};
}

CesqlResult trim(std::span<CesqlValue> arguments) {
  const std::string_view text = text_of(arguments[0]);
  std::size_t begin = text.size(), end = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto [code_point, size] = first_character(text.substr(at));
    if (!is_white_space(code_point)) {
      begin = std::min(begin, at);
      end = at + size;
    }
    at += size;
  }
  return {std::string(begin < end ? text.substr(begin, end - begin) : ""), CesqlError::none};
}

CesqlResult left(std::span<CesqlValue> arguments) {
  auto& text = text_of(arguments[0]);
  const auto count = number_of(arguments[1]);
  if (count < 0) return {std::move(text), CesqlError::function_evaluation};
  text.resize(offset_of(text, static_cast<std::size_t>(count)));
  return {std::move(text), CesqlError::none};
}

CesqlResult right(std::span<CesqlValue> arguments) {
  auto& text = text_of(arguments[0]);
  const auto count = number_of(arguments[1]);
  if (count < 0) return {std::move(text), CesqlError::function_evaluation};
  const auto all = length(text), wanted = static_cast<std::size_t>(count);
  if (wanted < all) text.erase(0, offset_of(text, all - wanted));
  return {std::move(text), CesqlError::none};
}

CesqlResult substring(std::span<CesqlValue> arguments) {
  const std::string_view text = text_of(arguments[0]);
  const auto all = static_cast<std::int64_t>(length(text));
  const std::int64_t position = number_of(arguments[1]);
  const std::int64_t count = arguments.size() > 2 ? number_of(arguments[2]) : all;
  if (position > all || position < -all || count < 0) return {std::string(), CesqlError::function_evaluation};
  if (position == 0) return {std::string(), CesqlError::none};
  const auto begin = offset_of(text, static_cast<std::size_t>(position > 0 ? position - 1 : all + position));
  const auto rest = text.substr(begin);
  return {std::string(rest.substr(0, offset_of(rest, static_cast<std::size_t>(count)))), CesqlError::none};
}

constexpr auto kBoolean = CesqlType::boolean;
constexpr auto kInteger = CesqlType::integer;
constexpr auto kString = CesqlType::string;
constexpr auto kAny = CesqlType::any;

constexpr std::array<CesqlFunction, 15> kFunctions{
    {{"INT", 1, 1, kInteger, kInteger, kInteger, identity},
     {"BOOL", 1, 1, kBoolean, kBoolean, kBoolean, identity},
     {"STRING", 1, 1, kString, kString, kString, identity},
     {"IS_INT", 1, 1, kAny, kAny, kBoolean, is_castable<kInteger>},
     {"IS_BOOL", 1, 1, kAny, kAny, kBoolean, is_castable<kBoolean>},
     {"ABS", 1, 1, kInteger, kInteger, kInteger, absolute},
     {"LENGTH", 1, 1, kString, kString, kInteger, string_length},
     {"CONCAT", 0, kAnyNumber, kString, kString, kString, concat},
     {"CONCAT_WS", 1, kAnyNumber, kString, kString, kString, concat_ws},
     {"LOWER", 1, 1, kString, kString, kString, lower},
     {"UPPER", 1, 1, kString, kString, kString, upper},
     {"TRIM", 1, 1, kString, kString, kString, trim},
     {"LEFT", 2, 2, kString, kInteger, kString, left},
     {"RIGHT", 2, 2, kString, kInteger, kString, right},
     {"SUBSTRING", 2, 3, kString, kInteger, kString, substring}}};

constexpr auto kNames = [] {
  std::array<std::string_view, kFunctions.size()> names{};
  for (std::size_t i = 0; i < names.size(); ++i) names[i] = kFunctions[i].name;
  return names;
}();

CesqlResult to_integer(const CesqlValue& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return {*flag ? 1 : 0, CesqlError::none};
  std::string_view text = std::get<std::string>(value);
  if (text.starts_with('+') && text.size() > 1 && text[1] >= '0' && text[1] <= '9') text.remove_prefix(1);
  std::int32_t number = 0;
  const auto [stop, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (ec != std::errc() || stop != text.data() + text.size()) return {0, CesqlError::cast};
  return {number, CesqlError::none};
}

CesqlResult to_boolean(const CesqlValue& value) {
  if (const auto* number = std::get_if<std::int32_t>(&value)) return {*number != 0, CesqlError::none};
  const auto& text = std::get<std::string>(value);
  if (equal_ignoring_case(text, "true")) return {true, CesqlError::none};
  return {false, equal_ignoring_case(text, "false") ? CesqlError::none : CesqlError::cast};
}

CesqlResult to_string(const CesqlValue& value) {
  if (const auto* flag = std::get_if<bool>(&value))
    return {std::string(*flag ? "true" : "false"), CesqlError::none};
  return {std::to_string(std::get<std::int32_t>(value)), CesqlError::none};
}

}  // namespace

CesqlType type_of(const CesqlValue& value) { return static_cast<CesqlType>(value.index()); }

CesqlValue zero_of(CesqlType type) {
  switch (type) {
    case CesqlType::boolean:
    case CesqlType::any:
      break;
    case CesqlType::integer:
      return std::int32_t{0};
    case CesqlType::string:
      return std::string();
  }
  return false;
}

CesqlResult cast(CesqlValue value, CesqlType type) {
  if (type == CesqlType::any || type_of(value) == type) return {std::move(value), CesqlError::none};
  switch (type) {
    case CesqlType::boolean:
    case CesqlType::any:
      break;
    case CesqlType::integer:
      return to_integer(value);
    case CesqlType::string:
      return to_string(value);
  }
  return to_boolean(value);
}

const CesqlFunction* find_cesql_function(std::string_view name, std::size_t arguments) {
  const auto found = std::find_if(kFunctions.begin(), kFunctions.end(), [&](const CesqlFunction& f) {
    return f.name == name && arguments >= f.arguments_min && arguments <= f.arguments_max;
  });
  return found == kFunctions.end() ? nullptr : &*found;
}

std::span<const std::string_view> cesql_function_names() { return kNames; }

}  // namespace signalbox::pipeline
