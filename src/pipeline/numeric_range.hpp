#pragma once
#include <optional>

namespace signalbox::pipeline {

/// Numbers between two bounds.
struct NumericRange {
  std::optional<double> bottom, top;  ///< none: without end on that side
  bool bottom_included = false, top_included = false;
  bool contains(double value) const {
    if (bottom && (bottom_included ? value < *bottom : value <= *bottom)) return false;
    return !top || (top_included ? value <= *top : value < *top);
  }
};

}  // namespace signalbox::pipeline
