#pragma once
#include <cstdint>
#include <string_view>
#include <variant>

namespace signalbox::pipeline {

class CesqlArena;

/// The kinds of error of CloudEvents SQL 1.0 (section 3.3).
enum class CesqlError : std::uint8_t {
  none,
  parse,
  math,
  cast,
  missing_function,
  function_evaluation,
  missing_attribute,
  generic,  ///< the evaluation would take too long
};
/// As the conformance kit calls it: "missingFunction"; "" for none.
std::string_view to_name(CesqlError error);

/// A Boolean, an Integer or a String.  The string's bytes belong to the event, the expression or the arena.
using CesqlValue = std::variant<bool, std::int32_t, std::string_view>;

/// What an expression came to: always a value; with an error that of section 3.3, mostly the zero value of
/// its type.
struct CesqlResult {
  CesqlValue value = false;
  CesqlError error = CesqlError::none;
};

inline CesqlResult result_of(CesqlValue value) { return {value, CesqlError::none}; }

/// True without an error: what a filter passes.
inline bool passes(const CesqlResult& result) {
  const auto* flag = std::get_if<bool>(&result.value);
  return result.error == CesqlError::none && flag && *flag;
}

enum class CesqlType : std::uint8_t {
  boolean,
  integer,
  string,
  any,  ///< only of a function's argument: as it comes
};

inline CesqlType type_of(const CesqlValue& value) { return static_cast<CesqlType>(value.index()); }
CesqlValue zero_of(CesqlType type);

/// Casts by the table of CloudEvents SQL 1.0 section 3.7; with error `cast` the zero value of `type`.  A new
/// string lies on top of the arena.
CesqlResult cast(const CesqlValue& value, CesqlType type, CesqlArena& arena);

}  // namespace signalbox::pipeline
