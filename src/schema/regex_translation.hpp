#pragma once
#include <string>
#include <string_view>

#include "signalbox/error.hpp"

namespace signalbox::schema {

/// A regular expression of ECMA-262 (as JSON Schema's `pattern` has it, Unicode mode) in the syntax of RE2,
/// with the same meaning: \s, '.' and '$' as ECMA-262 has them, \d and \w of ASCII, \uXXXX, \cX, Unicode
/// properties, empty classes.
///
/// Groups do not capture.  Refused with what is wrong and where: look-around and back references, for which
/// there is no matching in linear time; escapes and properties that mean nothing. Errors: invalid_argument.
Result<std::string> to_re2(std::string_view ecma);

}  // namespace signalbox::schema
