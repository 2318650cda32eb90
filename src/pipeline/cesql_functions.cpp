#include "pipeline/cesql_functions.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <limits>
#include <string>

#include "event/characters.hpp"
#include "pipeline/case_mapping.hpp"
#include "pipeline/utf8.hpp"

namespace signalbox::pipeline {
namespace {

constexpr auto kAnyNumber = std::numeric_limits<std::size_t>::max();
constexpr auto kInt32Min = std::numeric_limits<std::int32_t>::min();
constexpr auto kInt32Max = std::numeric_limits<std::int32_t>::max();

using Arguments = std::span<const CesqlValue>;

std::string_view text_of(const CesqlValue& value) { return std::get<std::string_view>(value); }
std::int32_t number_of(const CesqlValue& value) { return std::get<std::int32_t>(value); }

using event::continues_character;

/// Where character `index` (from 0) begins; the end when there are fewer.
std::size_t offset_of(std::string_view text, std::size_t index) {
  std::size_t at = 0;
  for (; index > 0 && at < text.size(); --index) at += utf8_length(text[at]);
  return std::min(at, text.size());
}

/// Unicode's White_Space.
bool is_white_space(std::uint32_t c) {
  return (c >= 9 && c <= 13) || c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
         c == 0x3000;
}

char lower_letter(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }
char upper_letter(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c; }

CesqlResult too_long() { return {std::string_view(), CesqlError::function_evaluation}; }

CesqlResult map_characters(std::string_view text, CesqlArena& arena, char (*map_letter)(char),
                           std::string (*map)(std::uint32_t)) {
  const auto begin = arena.top();
  while (!text.empty()) {
    const bool ascii = static_cast<unsigned char>(text.front()) < 0x80;
    const auto [code_point, size] = first_character(text);
    const char letter = map_letter(text.front());
    // Of one character: short enough to be no allocation.
    const bool pushed = ascii ? arena.push({&letter, 1}) : arena.push(map(code_point));
    if (!pushed || arena.top() - begin > kCesqlStringBytesMax) return too_long();
    text.remove_prefix(size);
  }
  return result_of(arena.since(begin));
}

CesqlResult identity(Arguments arguments, CesqlArena&) { return result_of(arguments[0]); }

CesqlResult absolute(Arguments arguments, CesqlArena&) {
  const auto x = number_of(arguments[0]);
  if (x == kInt32Min) return {kInt32Max, CesqlError::math};
  return result_of(std::abs(x));
}

template <CesqlType Type>
CesqlResult is_castable(Arguments arguments, CesqlArena& arena) {
  return result_of(cast(arguments[0], Type, arena).error == CesqlError::none);
}

CesqlResult string_length(Arguments arguments, CesqlArena&) {
  return result_of(static_cast<std::int32_t>(count_characters(text_of(arguments[0]))));
}

CesqlResult lower(Arguments arguments, CesqlArena& arena) {
  return map_characters(text_of(arguments[0]), arena, lower_letter, to_lower);
}

CesqlResult upper(Arguments arguments, CesqlArena& arena) {
  return map_characters(text_of(arguments[0]), arena, upper_letter, to_upper);
}

CesqlResult trim(Arguments arguments, CesqlArena&) {
  const auto text = text_of(arguments[0]);
  std::size_t begin = text.size(), end = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto [code_point, size] = first_character(text.substr(at));
    if (!is_white_space(code_point)) {
      begin = std::min(begin, at);
      end = at + size;
    }
    at += size;
  }
  return result_of(begin < end ? text.substr(begin, end - begin) : std::string_view());
}

CesqlResult left(Arguments arguments, CesqlArena&) {
  const auto text = text_of(arguments[0]);
  const auto count = number_of(arguments[1]);
  if (count < 0) return {text, CesqlError::function_evaluation};
  return result_of(text.substr(0, offset_of(text, static_cast<std::size_t>(count))));
}

CesqlResult right(Arguments arguments, CesqlArena&) {
  const auto text = text_of(arguments[0]);
  const auto count = number_of(arguments[1]);
  if (count < 0) return {text, CesqlError::function_evaluation};
  const auto all = count_characters(text), wanted = static_cast<std::size_t>(count);
  return result_of(wanted < all ? text.substr(offset_of(text, all - wanted)) : text);
}

CesqlResult substring(Arguments arguments, CesqlArena&) {
  const auto text = text_of(arguments[0]);
  const auto all = static_cast<std::int64_t>(count_characters(text));
  const std::int64_t position = number_of(arguments[1]);
  const std::int64_t count = arguments.size() > 2 ? number_of(arguments[2]) : all;
  if (position > all || position < -all || count < 0)
    return {std::string_view(), CesqlError::function_evaluation};
  if (position == 0) return result_of(std::string_view());
  const auto begin = offset_of(text, static_cast<std::size_t>(position > 0 ? position - 1 : all + position));
  const auto rest = text.substr(begin);
  return result_of(rest.substr(0, offset_of(rest, static_cast<std::size_t>(count))));
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
     {"CONCAT", 0, kAnyNumber, kString, kString, kString, nullptr},
     {"CONCAT_WS", 1, kAnyNumber, kString, kString, kString, nullptr},
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

}  // namespace

std::span<const CesqlFunction> cesql_functions() { return kFunctions; }

std::span<const std::string_view> cesql_function_names() { return kNames; }

std::size_t count_characters(std::string_view text) {
  return text.size() - static_cast<std::size_t>(std::count_if(text.begin(), text.end(), continues_character));
}

}  // namespace signalbox::pipeline
