#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schema/keywords.hpp"
#include "signalbox/error.hpp"

namespace signalbox::schema {

struct Program;

/// Bounds on what a schema may be and what checking a value may take.
struct SchemaLimits {
  std::size_t text_bytes = 1 << 20;  ///< of one schema document
  std::size_t documents = 64;        ///< that one schema may be made of, those built in among them
  std::size_t subschemas = 50'000;
  std::size_t patterns = 500;
  unsigned schema_depth = 128;
  unsigned data_depth = 128;
  std::size_t work = 4'000'000;  ///< steps of checking one value; a few nanoseconds each
  std::size_t faults = 16;       ///< reported of one value
};

/// What `format` does.
enum class FormatUse : std::uint8_t {
  annotate,  ///< nothing, unless the schema's own metaschema asks for it
  check,
};

struct CompileOptions {
  Draft draft = Draft::v2020_12;  ///< of a document that has no $schema
  FormatUse format = FormatUse::annotate;
  /// What references of the document are relative to, when it has no $id.
  std::string base_uri{};
  /// The text of the document at an absolute or, without a base, relative URI (without fragment); nullopt
  /// when there is none.  The only way to other documents: nothing is ever fetched.  The metaschemas are
  /// built in.
  std::function<std::optional<std::string>(std::string_view uri)> resolve{};
  SchemaLimits limits{};
};

/// One thing wrong with a value.
struct SchemaFault {
  enum class Kind : std::uint8_t {
    mismatch,  ///< the value is not what the schema asks for
    no_json,   ///< the text is not JSON, or nested deeper than `data_depth`
    limit,     ///< checking was given up: over `work`, or too many subschemas within each other
  };
  Kind kind = Kind::mismatch;
  std::string pointer;  ///< JSON Pointer of the value at fault, "" for the whole
  std::string keyword;  ///< JSON Pointer of the keyword in the schema, behind "uri#" in another resource than
                        ///< the first
  std::string message;  ///< for a person: "must be at least 5"
};

/// A JSON Schema (draft 7 or 2020-12), compiled.
///
/// Immutable, thread-safe.  Checking allocates nothing in the steady state when the value is valid: what it
/// needs is kept per thread between calls.
class Schema {
 public:
  /// Errors: invalid_argument, unsupported, too_large; the message begins with the JSON Pointer of what is
  /// wrong in the schema ("/properties/a/minLength: must be an integer of 0 or more").
  static Result<std::shared_ptr<const Schema>> compile(std::string_view text,
                                                       const CompileOptions& options = {});

  /// Of a JSON text that is UTF-8 and gives no member twice, as an event's data is (event/json_scan.hpp).  Of
  /// a member that is given twice each must fit.
  bool valid(std::string_view json) const;
  /// What is wrong with it; empty when it is valid.  In no particular order; at most `limits.faults`.
  std::vector<SchemaFault> validate(std::string_view json) const;

  explicit Schema(std::unique_ptr<const Program> program);
  ~Schema();
  Schema(const Schema&) = delete;
  Schema& operator=(const Schema&) = delete;

 private:
  std::unique_ptr<const Program> program_;
};

}  // namespace signalbox::schema
