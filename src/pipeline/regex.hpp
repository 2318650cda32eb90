#pragma once
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "signalbox/error.hpp"

namespace re2 {
class RE2;
}

namespace signalbox::pipeline {

constexpr std::size_t kRegexBytesMax = 1024;
/// What one expression may take, compiled and while it matches.
constexpr std::size_t kRegexMemoryBytesMax = 256 * 1024;

/// A regular expression in RE2's syntax that a whole text has to match.
///
/// Immutable, thread-safe.  Matching is linear in the text's bytes; in the steady state it allocates nothing.
class Regex {
 public:
  /// Errors: invalid_argument, the message says what is wrong with it; too_large.
  static Result<std::shared_ptr<const Regex>> parse(std::string_view text);

  explicit Regex(std::unique_ptr<const re2::RE2> compiled);
  ~Regex();
  Regex(const Regex&) = delete;
  Regex& operator=(const Regex&) = delete;

  bool matches(std::string_view text) const;
  /// What every text that matches begins with, as far as it shows at a glance; may be empty.
  std::string literal_prefix() const;

 private:
  std::unique_ptr<const re2::RE2> compiled_;
};

}  // namespace signalbox::pipeline
