#pragma once
#include <cstddef>
#include <utility>
#include <vector>

#include "pipeline/filter_shape.hpp"

namespace signalbox::pipeline {

/// What must hold of an event for a condition to hold: all requirements of one of these.  Never empty; an
/// empty one says nothing.  See FilterShape::alternatives: too much may be found, never too little.
using Alternatives = std::vector<std::vector<Requirement>>;

// Bounds: what goes beyond asks for less.
constexpr std::size_t kAlternativesMax = 64;
constexpr std::size_t kRequirementsMax = 16;  ///< in one alternative
constexpr std::size_t kProbesMax = 4096;      ///< in all of them, when they are multiplied out

/// Of a condition of which nothing is known.
Alternatives no_requirement();
/// Of one that needs a value of the field that one of the probes finds; without probes, any value.
Alternatives require(std::size_t field, std::vector<Probe> probes = {});

/// Of two conditions of which both must hold.
Alternatives both_of(Alternatives a, Alternatives b);
/// Of two conditions of which one must hold.
Alternatives either_of(Alternatives a, Alternatives b);

}  // namespace signalbox::pipeline
