#pragma once
#include <string>
#include <string_view>

#include "signalbox/error.hpp"

namespace signalbox::schema {

/// A regular expression of ECMA-262 (as JSON Schema's `pattern` has it, in Unicode mode) in the syntax of
/// RE2, with the same meaning: \s, '.' and '$' as ECMA-262 has them, \d and \w of ASCII, \uXXXX, \cX, Unicode
/// properties, empty classes.  Groups do not capture.
///
/// What comes out may still be refused by RE2, which knows the properties and what must be in pairs.
/// Errors: unsupported (look-around and back references, for which there is no matching in linear time),
/// invalid_argument; the message says what is wrong and where.
Result<std::string> to_re2(std::string_view ecma);

}  // namespace signalbox::schema
