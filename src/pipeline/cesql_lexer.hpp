#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "signalbox/error.hpp"

namespace signalbox::pipeline {

/// One token of a CloudEvents SQL expression.
struct CesqlToken {
  enum class Kind : std::uint8_t {
    end,
    open,
    close,
    comma,
    plus,
    minus,
    star,
    slash,
    percent,
    equal,
    not_equal,
    less,
    less_or_equal,
    greater,
    greater_or_equal,
    keyword_and,
    keyword_or,
    keyword_xor,
    keyword_not,
    keyword_like,
    keyword_in,
    keyword_exists,
    keyword_true,
    keyword_false,
    integer,
    string,
    identifier,     ///< letters and digits: an attribute, or without digits a function
    function_name,  ///< letters and underscores
  };
  Kind kind = Kind::end;
  std::size_t at = 0;       ///< where it begins in the expression, in bytes
  std::size_t end = 0;      ///< and where it ends
  std::string text{};       ///< of a string: its value; of names: lower case
  std::int32_t number = 0;  ///< of an integer
  bool wide = false;        ///< of an integer: it does not fit into 32 bits, `number` is 0
};

/// All tokens of an expression, `end` last.
/// Errors: invalid_argument for characters that are no token.
Result<std::vector<CesqlToken>> lex_cesql(std::string_view text);

}  // namespace signalbox::pipeline
