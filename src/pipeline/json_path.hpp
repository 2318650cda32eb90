#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "signalbox/error.hpp"

namespace signalbox::pipeline {

/// One place in the JSON form of an event: `$` (all of it), `$.subject`, `$.data.items[0].price`,
/// `$.data['a.b']`, `$["type"]`.  A value type; parsed once, when the configuration is read.
class JsonPath {
 public:
  /// A member's name or an array's index.
  using Step = std::variant<std::string, std::size_t>;
  /// What the first step names.
  enum class Root : std::uint8_t { event, attribute, data, data_base64 };

  static constexpr std::size_t kTextBytesMax = 1024;
  static constexpr std::size_t kStepsMax = 64;

  /// Errors: invalid_argument for what is no path, and for a path that no event can ever have (only `data`
  /// has members); unsupported for wildcards, filters and slices.
  static Result<JsonPath> parse(std::string_view text);

  Root root() const { return root_; }
  /// Of Root::attribute: its name.
  const std::string& attribute() const { return attribute_; }
  /// Of Root::data: the steps below `data`; empty for all of it.
  const std::vector<Step>& steps() const { return steps_; }

 private:
  Root root_ = Root::event;
  std::string attribute_;
  std::vector<Step> steps_;
};

}  // namespace signalbox::pipeline
