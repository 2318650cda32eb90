#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "signalbox/error.hpp"

namespace signalbox::pipeline {

/// A pattern in which `*` stands for any characters, none included; `\*` and `\\` stand for themselves.
///
/// Immutable.  Matching looks at the value's bytes a bounded number of times (linear search for each piece)
/// and allocates nothing.
class Wildcard {
 public:
  /// Errors: invalid_argument for `**` and for any other escape; the message names the position, from 0.
  static Result<Wildcard> parse(std::string_view text);

  bool matches(std::string_view value) const { return matches(packed_.data(), value); }

  /// The texts between the stars, in order; at least one.
  std::vector<std::string> pieces() const { return pieces(packed_.data()); }

  /// The same as one run of bytes that can be kept anywhere, and read without a Wildcard.
  const std::string& packed() const { return packed_; }
  static bool matches(const char* packed, std::string_view value);
  static std::vector<std::string> pieces(const char* packed);

 private:
  std::string packed_;  // their number, then each with its size before it: the first, the last, the others
};

}  // namespace signalbox::pipeline
