#pragma once
#include <cstddef>
#include <memory>
#include <string_view>

#include "pipeline/cesql.hpp"
#include "pipeline/filter.hpp"

namespace signalbox::pipeline {

constexpr std::size_t kDialectBytesMax = 64 * 1024;
constexpr std::size_t kDialectDepthMax = 64;

/// Compiles a list of filters of the CloudEvents Subscriptions API (section 3.2.4.1): a JSON array of which
/// all must pass, each an object with one dialect out of exact, prefix, suffix, all, any, not, sql.  An empty
/// list passes everything.
///
/// Attributes that are no strings compare by their string form (`true`, `42`); an absent attribute passes no
/// test. Errors: invalid_argument, too_large; the message begins with the JSON Pointer of what is wrong.
Result<std::shared_ptr<const Filter>> compile_dialects(std::string_view text,
                                                       WideIntegers wide = WideIntegers::refused);

}  // namespace signalbox::pipeline
