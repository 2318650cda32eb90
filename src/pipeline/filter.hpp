#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "pipeline/mismatch.hpp"
#include "signalbox/error.hpp"
#include "signalbox/event.hpp"

namespace signalbox::pipeline {

/// A rule's filter as written: the kind, and its text (JSON for `pattern` and `filters`, the expression for
/// `sql`).
struct FilterSpec {
  enum class Kind : std::uint8_t { everything, pattern, filters, sql };
  Kind kind = Kind::everything;
  std::string text;
  bool eventbridge_compat = false;  ///< `compat: eventbridge`: exactly event-ruler's reading of a pattern
  bool operator==(const FilterSpec&) const = default;
};

/// One event as filters see it: built once per event, read by every filter (pipeline/filter_input.hpp).
class FilterInput;
/// What a filter looks at and asks for, for those who index many filters (pipeline/filter_shape.hpp).
struct FilterShape;

/// A compiled filter: immutable, thread-safe, pure.
class Filter {
 public:
  virtual ~Filter() = default;
  /// What it looks at and needs: made anew each time, for those who build an index.
  virtual FilterShape shape() const = 0;

  /// `fields[i]` is the number of `shape().fields[i]` in the set that `input` was filled for.
  virtual bool matches(const FilterInput& input, std::span<const std::uint32_t> fields) const = 0;
  /// The first condition that fails, in the order of the filter's text; nullopt when the filter matches.  A
  /// compiled pattern no longer has its text, and says only which field fails: see explain_filter().
  virtual std::optional<Mismatch> explain(const FilterInput& input,
                                          std::span<const std::uint32_t> fields) const = 0;

  /// The same for an input whose set has all the filter's fields: finds them by name each time.
  bool matches(const FilterInput& input) const;
  /// A lone filter and a lone event.  Many filters, or many events: see Matcher.
  bool matches(const Event& event) const;
  std::optional<Mismatch> explain(const Event& event) const;
};

/// Errors: invalid_argument, the message says where in the filter and why ("/data/total/0: unknown operator
/// "numerc"; did you mean "numeric"?"); too_large over a bound.
Result<std::shared_ptr<const Filter>> compile_filter(const FilterSpec& spec);

/// The first condition that fails, in the order of the filter's text; nullopt when the filter matches.
/// Compiles the filter: not for a hot path.  Errors: those of compile_filter().
Result<std::optional<Mismatch>> explain_filter(const FilterSpec& spec, const Event& event);

}  // namespace signalbox::pipeline
