#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pipeline/attribute_names.hpp"
#include "signalbox/error.hpp"

namespace signalbox::pipeline {

constexpr std::size_t kCesqlBytesMax = 16 * 1024;
constexpr std::size_t kCesqlNestingMax =
    64;                                      ///< parentheses, functions and unary operators within each other
constexpr std::size_t kCesqlDepthMax = 512;  ///< operators in one chain, and what is nested in them

/// What becomes of an expression that the grammar allows, with an integer that 32 bits cannot hold.  For the
/// language that is a parse error.
enum class WideIntegers : std::uint8_t {
  refused,   ///< for people who write rules: the expression is refused with the integer's place
  no_value,  ///< for judging events by the specification: it comes to a parse error, and passes nothing
};

/// One operator, function, literal or attribute of an expression.  Its operands come right behind it, each
/// with its own: see first_operand(), next_operand().
struct CesqlNode {
  enum class Kind : std::uint8_t {
    boolean,
    integer,
    string,
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
  static constexpr std::uint32_t kNoAttribute = std::numeric_limits<std::uint32_t>::max();
  static constexpr std::uint8_t kNoFunction = std::numeric_limits<std::uint8_t>::max();

  Kind kind = Kind::boolean;
  std::uint8_t detail = 0;  ///< of boolean: its value; of like, in: 1 with NOT; of call: the function
  std::uint16_t begin = 0, end = 0;  ///< its text in the expression, with parentheses around it
  std::uint16_t size = 1;            ///< nodes of the tree below, this one included
  std::uint16_t operands = 0;
  std::uint32_t data =
      0;  ///< of integer, attribute, exists: see below; of string, like, call: place of a text

  std::int32_t number() const { return std::bit_cast<std::int32_t>(data); }
  /// Of attribute, exists: its index; kNoAttribute: never there.
  std::uint32_t attribute() const { return data; }
  bool negated() const { return detail != 0; }
};

/// REQUIRES: it has operands.
inline const CesqlNode& first_operand(const CesqlNode& node) { return *(&node + 1); }
/// What follows `operand` in its operator; past the last operand: the operator's end.
inline const CesqlNode& next_operand(const CesqlNode& operand) { return *(&operand + operand.size); }

/// A parsed expression: a value, compact; means nothing without the list of its attributes.
class CesqlProgram {
 public:
  CesqlProgram() = default;
  /// `text`: the expression, `expression_bytes` long, and behind it what nodes refer to besides.
  CesqlProgram(std::vector<CesqlNode> nodes, std::string text, std::size_t expression_bytes)
      : nodes_(std::move(nodes)), text_(std::move(text)), expression_bytes_(expression_bytes) {}

  const CesqlNode& root() const { return nodes_.front(); }
  /// Of a string: its value; of like: its pattern as like_matches() takes it; of call: the name as written.
  std::string_view text(const CesqlNode& node) const {
    return std::string_view(text_).substr(node.data & 0xFFFF, node.data >> 16);
  }
  /// The node as it was written.
  std::string_view source(const CesqlNode& node) const {
    return std::string_view(text_).substr(node.begin, std::size_t{node.end} - node.begin);
  }
  std::string_view expression() const { return std::string_view(text_).substr(0, expression_bytes_); }

 private:
  std::vector<CesqlNode> nodes_;
  std::string text_;
  std::size_t expression_bytes_ = 0;
};

/// Parses an expression; adds the names of its attributes, in lower case, to `attributes`.
/// Errors: invalid_argument, too_large.
Result<CesqlProgram> parse_cesql(std::string_view text, AttributeNames& attributes, WideIntegers wide);

/// The attributes that a node and what is below it look at, by number, in the order of the text.
std::vector<std::uint32_t> attributes_in(const CesqlNode& node);

/// A function that does not exist, or not with that many arguments, with what is wrong; "" when all exist.
std::string find_unknown_function(const CesqlProgram& program);

}  // namespace signalbox::pipeline
