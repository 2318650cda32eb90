#pragma once
#include <span>
#include <string>
#include <vector>

#include "pipeline/filter_input.hpp"
#include "pipeline/pattern.hpp"

namespace signalbox::pipeline {

/// What a field's list asks for, for people: `one of "CH", "AT"`, `a number > 1000`, `"x" or a string that
/// begins with "y"`, `no value`.  One line, cut when it is long; valid UTF-8.
std::string describe(const std::vector<Condition>& conditions);

/// What an event has, as JSON: `"DE"`, `[1, 2, 3]`, or `nothing`.  Cut when it is long; valid UTF-8.
std::string describe(std::span<const Leaf> values);

}  // namespace signalbox::pipeline
