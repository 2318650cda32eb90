#pragma once
#include <memory>
#include <string_view>

#include "schema/program.hpp"
#include "schema/schema.hpp"
#include "signalbox/error.hpp"

namespace signalbox::schema {

/// Compiles a schema and whatever it refers to.
/// Errors: invalid_argument, unsupported, too_large; the message begins with the JSON Pointer of what is
/// wrong.
Result<std::unique_ptr<const Program>> compile_program(std::string_view text, const CompileOptions& options);

}  // namespace signalbox::schema
