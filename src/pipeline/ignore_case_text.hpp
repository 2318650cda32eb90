#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::pipeline {

bool is_ascii(std::string_view text);
/// `text` with its ASCII letters in lower case.
std::string to_ascii_lower(std::string_view text);
/// Whether to_ascii_lower(value) is `lower`.
bool equals_ascii_lower(std::string_view value, std::string_view lower);

/// A text to compare with, upper and lower case being the same.
///
/// Each of its characters matches its own lower-case or upper-case form, whatever length that has: "ß"
/// matches "SS" (but "SS" not "ß").  No Unicode normalisation.  Pure, immutable; comparing is linear and
/// allocates nothing.
class IgnoreCaseText {
 public:
  enum class Reading : std::uint8_t {
    signalbox,    ///< a character always matches itself too
    event_ruler,  ///< only the two forms: U+01C5 (ǅ) does not match itself
  };
  IgnoreCaseText(std::string_view text, Reading reading);

  bool equals(std::string_view value) const { return match_front(value) == value.size(); }
  bool is_prefix_of(std::string_view value) const { return match_front(value) != kNoMatch; }
  bool is_suffix_of(std::string_view value) const;

 private:
  static constexpr std::size_t kNoMatch = static_cast<std::size_t>(-1);
  std::size_t match_front(std::string_view value) const;

  std::string ascii_;                              // lower case; used when choices_ is empty
  std::vector<std::vector<std::string>> choices_;  // one of each, in order
};

}  // namespace signalbox::pipeline
