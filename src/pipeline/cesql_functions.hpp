#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "pipeline/cesql_arena.hpp"
#include "pipeline/cesql_value.hpp"

namespace signalbox::pipeline {

/// Joining the same attribute again and again must not grow without bound.
constexpr std::size_t kCesqlStringBytesMax = 4 << 20;

/// A built-in function (section 3.5).
struct CesqlFunction {
  static constexpr std::size_t kArgumentsMax = 3;  ///< of those with a `run`

  std::string_view name;  ///< in upper case
  std::size_t arguments_min, arguments_max;
  CesqlType first, others;  ///< what its first and its other arguments are cast to
  CesqlType result;
  /// A new string lies on top of the arena.  nullptr: it joins its arguments one after the other, with the
  /// first between them when `arguments_min` is 1.
  CesqlResult (*run)(std::span<const CesqlValue> arguments, CesqlArena& arena);
};

std::span<const CesqlFunction> cesql_functions();
/// All names, for hints; some more than once.
std::span<const std::string_view> cesql_function_names();

/// In characters, not bytes.
std::size_t count_characters(std::string_view text);

}  // namespace signalbox::pipeline
