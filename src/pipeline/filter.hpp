#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "signalbox/error.hpp"
#include "signalbox/event.hpp"

namespace signalbox::pipeline {

/// A rule's filter as written: the kind, and its text (JSON for `pattern` and `filters`, the expression for `sql`).
struct FilterSpec {
  enum class Kind : std::uint8_t { everything, pattern, filters, sql };
  Kind kind = Kind::everything;
  std::string text;
  bool eventbridge_compat = false;  ///< `compat: eventbridge`: exactly event-ruler's reading of a pattern
  bool operator==(const FilterSpec&) const = default;
};

/// One event as filters see it: built once per event, read by every filter.
class FilterInput;

/// A compiled filter: immutable, thread-safe, pure.
class Filter {
 public:
  virtual ~Filter() = default;
  virtual bool matches(const FilterInput& input) const = 0;
};

/// Errors: invalid_argument, the message says where in the filter and why ("/data/total/0: unknown operator
/// "numerc"; did you mean "numeric"?"); unsupported for a kind that is not built in.
Result<std::shared_ptr<const Filter>> compile_filter(const FilterSpec& spec);

}  // namespace signalbox::pipeline
