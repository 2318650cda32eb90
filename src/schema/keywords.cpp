#include "schema/keywords.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "schema/number.hpp"

namespace signalbox::schema {
namespace {

// clang-format off
using enum Vocabulary;

/// Keywords that both drafts have with one meaning, or with the same name for it.
constexpr std::array kShared{
    KeywordInfo{"$id", Keyword::id, core, Shape::text},
    KeywordInfo{"$schema", Keyword::schema, core, Shape::text},
    KeywordInfo{"$ref", Keyword::ref, core, Shape::text},
    KeywordInfo{"$comment", Keyword::comment, core, Shape::text},
    KeywordInfo{"definitions", Keyword::definitions, core, Shape::schema_map},
    KeywordInfo{"allOf", Keyword::all_of, applicator, Shape::schema_list},
    KeywordInfo{"anyOf", Keyword::any_of, applicator, Shape::schema_list},
    KeywordInfo{"oneOf", Keyword::one_of, applicator, Shape::schema_list},
    KeywordInfo{"not", Keyword::not_, applicator, Shape::schema},
    KeywordInfo{"if", Keyword::if_, applicator, Shape::schema},
    KeywordInfo{"then", Keyword::then, applicator, Shape::schema},
    KeywordInfo{"else", Keyword::else_, applicator, Shape::schema},
    KeywordInfo{"properties", Keyword::properties, applicator, Shape::schema_map},
    KeywordInfo{"patternProperties", Keyword::pattern_properties, applicator, Shape::schema_map},
    KeywordInfo{"additionalProperties", Keyword::additional_properties, applicator, Shape::schema},
    KeywordInfo{"propertyNames", Keyword::property_names, applicator, Shape::schema},
    KeywordInfo{"dependencies", Keyword::dependencies, applicator, Shape::schema_or_names_map},
    KeywordInfo{"contains", Keyword::contains, applicator, Shape::schema},
    KeywordInfo{"type", Keyword::type, validation, Shape::types},
    KeywordInfo{"enum", Keyword::enum_, validation, Shape::list},
    KeywordInfo{"const", Keyword::const_, validation, Shape::any},
    KeywordInfo{"multipleOf", Keyword::multiple_of, validation, Shape::positive_number},
    KeywordInfo{"maximum", Keyword::maximum, validation, Shape::number},
    KeywordInfo{"exclusiveMaximum", Keyword::exclusive_maximum, validation, Shape::number},
    KeywordInfo{"minimum", Keyword::minimum, validation, Shape::number},
    KeywordInfo{"exclusiveMinimum", Keyword::exclusive_minimum, validation, Shape::number},
    KeywordInfo{"maxLength", Keyword::max_length, validation, Shape::count},
    KeywordInfo{"minLength", Keyword::min_length, validation, Shape::count},
    KeywordInfo{"pattern", Keyword::pattern, validation, Shape::text},
    KeywordInfo{"maxItems", Keyword::max_items, validation, Shape::count},
    KeywordInfo{"minItems", Keyword::min_items, validation, Shape::count},
    KeywordInfo{"uniqueItems", Keyword::unique_items, validation, Shape::flag},
    KeywordInfo{"maxProperties", Keyword::max_properties, validation, Shape::count},
    KeywordInfo{"minProperties", Keyword::min_properties, validation, Shape::count},
    KeywordInfo{"required", Keyword::required, validation, Shape::names},
    KeywordInfo{"format", Keyword::format, Vocabulary::format, Shape::text},
    KeywordInfo{"title", Keyword::annotation_text, annotation, Shape::text},
    KeywordInfo{"description", Keyword::annotation_text, annotation, Shape::text},
    KeywordInfo{"readOnly", Keyword::annotation_flag, annotation, Shape::flag},
    KeywordInfo{"writeOnly", Keyword::annotation_flag, annotation, Shape::flag},
    KeywordInfo{"examples", Keyword::annotation_list, annotation, Shape::list},
    KeywordInfo{"contentEncoding", Keyword::annotation_text, annotation, Shape::text},
    KeywordInfo{"contentMediaType", Keyword::annotation_text, annotation, Shape::text},
};

constexpr std::array kDraft7{
    KeywordInfo{"items", Keyword::items, applicator, Shape::schema_or_list},
    KeywordInfo{"additionalItems", Keyword::additional_items, applicator, Shape::schema},
};

constexpr std::array kDraft2020{
    KeywordInfo{"$anchor", Keyword::anchor, core, Shape::text},
    KeywordInfo{"$dynamicRef", Keyword::dynamic_ref, core, Shape::text},
    KeywordInfo{"$dynamicAnchor", Keyword::dynamic_anchor, core, Shape::text},
    KeywordInfo{"$vocabulary", Keyword::vocabulary, core, Shape::any},
    KeywordInfo{"$defs", Keyword::defs, core, Shape::schema_map},
    KeywordInfo{"items", Keyword::items, applicator, Shape::schema},
    KeywordInfo{"prefixItems", Keyword::prefix_items, applicator, Shape::schema_list},
    KeywordInfo{"dependentSchemas", Keyword::dependent_schemas, applicator, Shape::schema_map},
    KeywordInfo{"unevaluatedItems", Keyword::unevaluated_items, unevaluated, Shape::schema},
    KeywordInfo{"unevaluatedProperties", Keyword::unevaluated_properties, unevaluated, Shape::schema},
    KeywordInfo{"maxContains", Keyword::max_contains, validation, Shape::count},
    KeywordInfo{"minContains", Keyword::min_contains, validation, Shape::count},
    KeywordInfo{"dependentRequired", Keyword::dependent_required, validation, Shape::names_map},
    KeywordInfo{"deprecated", Keyword::annotation_flag, annotation, Shape::flag},
};
// clang-format on

template <std::size_t N>
const KeywordInfo* find_in(const std::array<KeywordInfo, N>& table, std::string_view name) {
  const auto found =
      std::find_if(table.begin(), table.end(), [&](const auto& info) { return info.name == name; });
  return found == table.end() ? nullptr : &*found;
}

using Misshape = std::optional<std::string>;

bool is_schema(const TapeNode& node) {
  return node.kind == JsonKind::object || node.kind == JsonKind::true_value ||
         node.kind == JsonKind::false_value;
}

Misshape misshape_of_names(const JsonTape& tape, TapeIndex value) {
  if (tape[value].kind != JsonKind::array) return "must be a list of strings";
  std::set<std::string_view> seen;
  for (auto item = value + 1; item < tape.next(value); item = tape.next(item)) {
    if (tape[item].kind != JsonKind::string) return "must be a list of strings";
    if (!seen.insert(tape.text_of(item)).second)
      return "names \"" + to_printable(tape.text_of(item)) + "\" twice";
  }
  return std::nullopt;
}

Misshape misshape_of_types(const JsonTape& tape, TapeIndex value) {
  constexpr const char* words = "must be of null, boolean, integer, number, string, array and object";
  if (tape[value].kind == JsonKind::string) {
    if (type_bit(tape.text_of(value)) == 0) return words;
    return std::nullopt;
  }
  if (tape[value].kind != JsonKind::array) return "must be the name of a type, or a list of such";
  if (const auto bad = misshape_of_names(tape, value)) return bad;
  for (auto item = value + 1; item < tape.next(value); item = tape.next(item))
    if (type_bit(tape.text_of(item)) == 0) return words;
  if (tape[value].size == 0) return "must name a type";
  return std::nullopt;
}

Misshape misshape_of_map(const JsonTape& tape, TapeIndex value, Shape shape) {
  if (tape[value].kind != JsonKind::object) return "must be an object";
  for (auto name = value + 1; name < tape.next(value); name = tape.next(name + 1)) {
    if (shape != Shape::names_map && is_schema(tape[name + 1])) continue;
    const auto bad = shape == Shape::schema_map ? "must be a schema: an object, true or false"
                                                : misshape_of_names(tape, name + 1);
    if (bad) return "the value of \"" + to_printable(tape.text_of(name)) + "\" " + *bad;
  }
  return std::nullopt;
}

Misshape misshape_of_schemas(const JsonTape& tape, TapeIndex value) {
  if (tape[value].kind != JsonKind::array || tape[value].size == 0)
    return "must be a list of at least one schema";
  for (auto item = value + 1; item < tape.next(value); item = tape.next(item))
    if (!is_schema(tape[item])) return "must be a list of schemas: objects, true or false";
  return std::nullopt;
}

Misshape misshape_of_number(const JsonTape& tape, TapeIndex value, Shape shape) {
  if (tape[value].kind != JsonKind::number) return "must be a number";
  const auto number = parse_number(tape.text_of(value));
  if (shape == Shape::count && (number.negative || !number.integer()))
    return "must be an integer of 0 or more";
  if (shape == Shape::positive_number) {
    if (number.negative || number.zero()) return "must be greater than 0";
    if (!number.exact()) return "has more than 18 significant digits";
  }
  return std::nullopt;
}

Misshape need(bool fits, const char* what) { return fits ? std::nullopt : Misshape(what); }

}  // namespace

const KeywordInfo* find_keyword(Draft draft, std::string_view name) {
  if (const auto* shared = find_in(kShared, name)) return shared;
  return draft == Draft::v7 ? find_in(kDraft7, name) : find_in(kDraft2020, name);
}

std::optional<std::string> find_misshape(const JsonTape& tape, TapeIndex value, Shape shape) {
  const auto kind = tape[value].kind;
  switch (shape) {
    case Shape::any:
      return std::nullopt;
    case Shape::text:
      return need(kind == JsonKind::string, "must be a string");
    case Shape::flag:
      return need(kind == JsonKind::true_value || kind == JsonKind::false_value, "must be true or false");
    case Shape::list:
      return need(kind == JsonKind::array, "must be a list");
    case Shape::number:
    case Shape::positive_number:
    case Shape::count:
      return misshape_of_number(tape, value, shape);
    case Shape::schema:
      return need(is_schema(tape[value]), "must be a schema: an object, true or false");
    case Shape::schema_or_list:
      if (is_schema(tape[value]) || (kind == JsonKind::array && tape[value].size == 0)) return std::nullopt;
      return misshape_of_schemas(tape, value);
    case Shape::schema_list:
      return misshape_of_schemas(tape, value);
    case Shape::schema_map:
    case Shape::schema_or_names_map:
    case Shape::names_map:
      return misshape_of_map(tape, value, shape);
    case Shape::types:
      return misshape_of_types(tape, value);
    case Shape::names:
      return misshape_of_names(tape, value);
  }
  return std::nullopt;
}

std::uint8_t type_bit(std::string_view name) {
  constexpr std::array<std::string_view, 7> names{"null",   "boolean", "integer", "number",
                                                  "string", "array",   "object"};
  const auto found = std::find(names.begin(), names.end(), name);
  return found == names.end() ? std::uint8_t{0} : static_cast<std::uint8_t>(1u << (found - names.begin()));
}

}  // namespace signalbox::schema
