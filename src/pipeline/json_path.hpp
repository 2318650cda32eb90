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
/// `$.data['a.b']`, `$["type"]`; or the list of several: `$.data.items[*].price`.  A value type; parsed once,
/// when the configuration is read.
class JsonPath {
 public:
  /// `*`: each member of an object or element of an array.
  struct Each {};
  /// A member's name, an array's index, or all of them.
  using Step = std::variant<std::string, std::size_t, Each>;
  /// What the first step names.
  enum class Root : std::uint8_t { event, attribute, data, data_base64 };

  static constexpr std::size_t kTextBytesMax = 1024;
  static constexpr std::size_t kStepsMax = 64;

  /// Errors: invalid_argument for what is no path, and for a path that no event can ever have (only `data`
  /// has members); unsupported for filters and slices.
  static Result<JsonPath> parse(std::string_view text);

  Root root() const { return root_; }
  /// Of Root::attribute: its name.
  const std::string& attribute() const { return attribute_; }
  /// Of Root::data: the steps below `data`; empty for all of it.
  const std::vector<Step>& steps() const { return steps_; }
  /// Whether it names several places.
  bool has_wildcard() const;

 private:
  Root root_ = Root::event;
  std::string attribute_;
  std::vector<Step> steps_;
};

}  // namespace signalbox::pipeline
