#pragma once
#include <re2/re2.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "pipeline/cesql.hpp"
#include "pipeline/cesql_functions.hpp"

namespace signalbox::pipeline {

/// One operator, function, literal or attribute of an expression, with its operands.
struct CesqlNode {
  enum class Kind : std::uint8_t {
    literal,
    unreadable,  ///< a whole expression with a literal that has no value: a parse error
    attribute,
    exists,
    negate,
    not_,
    and_,
    or_,
    xor_,
    equal,
    not_equal,
    less,
    less_or_equal,
    greater,
    greater_or_equal,
    multiply,
    divide,
    remainder,
    add,
    subtract,
    like,
    in,  ///< the first operand among the others
    call,
  };
  static constexpr std::size_t kNoAttribute = std::numeric_limits<std::size_t>::max();

  Kind kind = Kind::literal;
  bool negated = false;                       ///< of like, in: with NOT
  std::size_t depth = 1;                      ///< of the tree below, this one included
  std::size_t attribute = kNoAttribute;       ///< of attribute, exists: its index; kNoAttribute: never there
  CesqlValue value{};                         ///< of a literal
  std::string name{};                         ///< of call: in upper case
  const CesqlFunction* function = nullptr;    ///< of call; nullptr: there is none
  std::unique_ptr<const re2::RE2> pattern{};  ///< of like
  std::vector<CesqlNode> operands{};
};

/// Parses an expression; collects the names of its attributes in `attributes`.
/// Errors: invalid_argument, too_large.
Result<CesqlNode> parse_cesql(std::string_view text, std::vector<std::string>& attributes, WideIntegers wide);

}  // namespace signalbox::pipeline
