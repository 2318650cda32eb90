#pragma once
#include <functional>

#include "support/json_tree.hpp"

namespace signalbox::test {

/// A pattern and an event.
struct PatternCase {
  JsonTree pattern, event;
};

/// The least of a case on which `fails` still holds: parts are left out, or stand in place of what contains
/// them, as long as it does.
PatternCase shrink(PatternCase failing, const std::function<bool(const PatternCase&)>& fails);

}  // namespace signalbox::test
