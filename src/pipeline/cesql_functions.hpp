#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "pipeline/cesql.hpp"

namespace signalbox::pipeline {

enum class CesqlType : std::uint8_t {
  boolean,
  integer,
  string,
  any,  ///< only of a function's argument: as it comes
};

CesqlType type_of(const CesqlValue& value);
CesqlValue zero_of(CesqlType type);

/// Casts by the table of CloudEvents SQL 1.0 section 3.7; with error `cast` the zero value of `type`.
CesqlResult cast(CesqlValue value, CesqlType type);

/// A built-in function (section 3.5).
struct CesqlFunction {
  std::string_view name;  ///< in upper case
  std::size_t arguments_min, arguments_max;
  CesqlType first, others;  ///< what its first and its other arguments are cast to
  CesqlType result;
  CesqlResult (*run)(std::span<CesqlValue> arguments);
};

/// nullptr when no function has this name and takes that many arguments.  `name` is in upper case.
const CesqlFunction* find_cesql_function(std::string_view name, std::size_t arguments);
/// All names, for hints; some more than once.
std::span<const std::string_view> cesql_function_names();

}  // namespace signalbox::pipeline
