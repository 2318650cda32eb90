#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace signalbox::jq {

/// The long integers of a JSON text, by the double that each becomes.
///
/// libjq keeps numbers as doubles, so integers above 2^53 come out rounded.  One that passes through a
/// program untouched still is the same double, and restore() puts the sender's digits back in its place.  A
/// double that stands for several of the text's integers stays as libjq writes it.
class ExactNumbers {
 public:
  /// `json` outlives the object and is valid JSON; what is not JSON finds nothing or something, and does no
  /// harm.
  explicit ExactNumbers(std::string_view json);

  bool empty() const { return numbers_.empty(); }
  /// `result`, a JSON text that libjq wrote, with the sender's digits.
  std::string restore(std::string result) const;

 private:
  using Number = std::pair<double, std::string_view>;  // no digits: several integers are this double

  const Number* find(double value) const;

  std::vector<Number> numbers_;  // ordered by the double, each once
};

}  // namespace signalbox::jq
