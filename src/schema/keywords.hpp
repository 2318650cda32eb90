#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "schema/json_tape.hpp"

namespace signalbox::schema {

enum class Draft : std::uint8_t { v7, v2020_12 };

/// The groups of keywords that a metaschema can switch on and off (2020-12, $vocabulary).
enum class Vocabulary : std::uint8_t { core, applicator, validation, unevaluated, format, annotation };

// clang-format off
enum class Keyword : std::uint8_t {
  id, schema, ref, anchor, dynamic_ref, dynamic_anchor, vocabulary, comment, defs, definitions,
  all_of, any_of, one_of, not_, if_, then, else_,
  properties, pattern_properties, additional_properties, property_names, dependencies, dependent_schemas,
  items, prefix_items, additional_items, contains,
  unevaluated_items, unevaluated_properties,
  type, enum_, const_, multiple_of, maximum, exclusive_maximum, minimum, exclusive_minimum,
  max_length, min_length, pattern, max_items, min_items, unique_items, max_contains, min_contains,
  max_properties, min_properties, required, dependent_required,
  format, annotation_text, annotation_flag, annotation_list,
};

/// What a keyword's value has to be.
enum class Shape : std::uint8_t {
  any, text, flag, number, positive_number, count, list,
  schema, schema_list, schema_map, schema_or_list, schema_or_names_map,
  types, names, names_map,
};
// clang-format on

struct KeywordInfo {
  std::string_view name;
  Keyword keyword;
  Vocabulary vocabulary;
  Shape shape;
};

/// The keyword called `name` in `draft`; nullptr when the draft has none, and the member means nothing.
const KeywordInfo* find_keyword(Draft draft, std::string_view name);

/// What is wrong with the value of a keyword, for a person: "must be a string".
std::optional<std::string> find_misshape(const JsonTape& tape, TapeIndex value, Shape shape);

/// The types of `type`: bits of what a value may be.
enum TypeBit : std::uint8_t {
  kNull = 1,
  kBoolean = 2,
  kInteger = 4,
  kNumber = 8,
  kString = 16,
  kArray = 32,
  kObject = 64,
  kAllTypes = 127
};
/// The bit of a type's name; 0 for a word that is none.
std::uint8_t type_bit(std::string_view name);

}  // namespace signalbox::schema
