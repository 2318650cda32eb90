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

  bool matches(std::string_view value) const;

 private:
  std::vector<std::string> pieces_;  // at least one; a star between each two
};

}  // namespace signalbox::pipeline
