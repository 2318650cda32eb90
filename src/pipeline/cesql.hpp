#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "pipeline/filter.hpp"
#include "pipeline/filter_shape.hpp"

namespace signalbox::pipeline {

/// The kinds of error of CloudEvents SQL 1.0 (section 3.3).
enum class CesqlError : std::uint8_t {
  none,
  parse,
  math,
  cast,
  missing_function,
  function_evaluation,
  missing_attribute,
};
/// As the conformance kit calls it: "missingFunction"; "" for none.
std::string_view to_name(CesqlError error);

/// A Boolean, an Integer or a String.
using CesqlValue = std::variant<bool, std::int32_t, std::string>;

/// What an expression came to: always a value; with an error that of section 3.3, mostly the zero value of
/// its type.
struct CesqlResult {
  CesqlValue value = false;
  CesqlError error = CesqlError::none;
};

constexpr std::size_t kCesqlBytesMax = 16 * 1024;
constexpr std::size_t kCesqlNestingMax =
    64;                                      ///< parentheses, functions and unary operators within each other
constexpr std::size_t kCesqlDepthMax = 512;  ///< operators in one chain, and what is nested in them

struct CesqlNode;

/// What becomes of an expression that the grammar allows, with an integer that 32 bits cannot hold.  For the
/// language that is a parse error.
enum class WideIntegers : std::uint8_t {
  refused,   ///< for people who write rules: the expression is refused with the integer's place
  no_value,  ///< for judging events by the specification: it comes to a parse error, and passes nothing
};

/// A parsed CloudEvents SQL expression: immutable, thread-safe, pure; always comes to an end.
///
/// Where the specification and the reference grammar differ it follows the grammar: AND, OR and XOR have one
/// precedence and associate to the right, a sign belongs to the digits after it (`1 -1` is no subtraction).
class CesqlExpression {
 public:
  /// Errors: invalid_argument ("at character 7: ..."), too_large.
  static Result<std::shared_ptr<const CesqlExpression>> parse(std::string_view text,
                                                              WideIntegers wide = WideIntegers::refused);
  explicit CesqlExpression(std::unique_ptr<const CesqlNode> root, std::vector<std::string> attributes);
  ~CesqlExpression();
  CesqlExpression(const CesqlExpression&) = delete;
  CesqlExpression& operator=(const CesqlExpression&) = delete;

  /// The attributes that it names, in lower case, each once.
  const std::vector<std::string>& attributes() const { return attributes_; }

  /// `fields[i]` is the number of `attributes()[i]` in the set that `input` was filled for.
  CesqlResult evaluate(const FilterInput& input, std::span<const FieldId> fields) const;

  /// What an event must have for the expression to be true.
  std::vector<Requirement> requirements() const;
  /// A function that does not exist, or not with that many arguments, with what is wrong; "" when all exist.
  std::string unknown_function() const;

 private:
  std::unique_ptr<const CesqlNode> root_;
  std::vector<std::string> attributes_;
};

/// An expression as a filter: passes events for which it is true without an error.
/// Errors: invalid_argument, also for functions that do not exist; too_large.
Result<std::shared_ptr<const Filter>> compile_cesql(std::string_view text,
                                                    WideIntegers wide = WideIntegers::refused);

}  // namespace signalbox::pipeline
