#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schema/schema.hpp"
#include "signalbox/error.hpp"

namespace signalbox::schema {

/// What a new version of a schema owes to the old one.
enum class Compatibility : std::uint8_t {
  none,      ///< nothing
  backward,  ///< the new accepts every value that the old accepts: its readers can read what is there
  forward,   ///< the old accepts every value that the new accepts: its readers can read what will come
  full,      ///< both
};

/// "backward".
std::string_view to_text(Compatibility compatibility);
/// nullopt for a word that is none of the four.
std::optional<Compatibility> parse_compatibility(std::string_view word);

/// One reason why two schemas are not compatible.
struct Incompatibility {
  enum class Kind : std::uint8_t {
    narrowed,   ///< one schema allows what the other does not
    undecided,  ///< they differ in something whose meaning is not compared; they may be compatible
  };
  Kind kind = Kind::narrowed;
  Compatibility direction = Compatibility::backward;  ///< backward or forward: which of the two fails
  std::string old_pointer;  ///< JSON Pointer into the old schema of what is compared, behind "uri#" in
                            ///< another document
  std::string new_pointer;  ///< the same in the new one
  std::string message;      ///< for a person: `the new schema requires "total", the old one does not`

  bool operator==(const Incompatibility&) const = default;
};

/// How schemas are compared.
struct CompatibilityOptions {
  /// How both are read: the draft of one without $schema, whether formats are checked, what references lead
  /// to.  The `limits` bound each schema.
  CompileOptions schemas{};
  std::size_t incompatibilities = 100;  ///< reported
  std::size_t work = 400'000;           ///< steps, below a microsecond each on the average
};

/// Why the new schema does not have the given compatibility with the old one; empty when it has.
///
/// Sound: when it is empty, then each value that the one schema accepts is accepted by the other, as far as
/// the bounds of Schema on checking a value allow.  Not complete: what it cannot decide it reports as
/// `undecided`.  Equal subschemas are always compatible.  `format` counts where it is checked (`options`).
/// Compatibility::none compares nothing, but both texts must be schemas.
///
/// Pure; thread-safe.  Errors: as of Schema::compile(), the message beginning with "the old schema" or "the
/// new schema".
Result<std::vector<Incompatibility>> incompatibilities(std::string_view old_text, std::string_view new_text,
                                                       Compatibility compatibility,
                                                       const CompatibilityOptions& options = {});

}  // namespace signalbox::schema
