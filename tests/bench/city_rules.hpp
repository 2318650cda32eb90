#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "bench/city_lots.hpp"
#include "pipeline/filter.hpp"

namespace signalbox::bench {

/// What others do with a scenario on the reference machine, events a second on one core; 0: they cannot.
struct Peers {
  double event_ruler = 0, quamina = 0;
};

/// A set of rules over city lots, and whether they look at the geometry at an event's end.
struct Scenario {
  enum class Looks { at_properties, at_geometry };
  std::string_view name;
  std::size_t rules = 0;
  Looks looks = Looks::at_properties;
  Peers peers;
};

/// Few rules of one kind, then pairs of fields with 10 to 100,000 rules.
std::vector<Scenario> scenarios();

/// The patterns of a scenario; each once.  Those of event-ruler's benchmark where it has them, below `data`.
std::vector<pipeline::FilterSpec> specs(const Scenario& scenario, const CityLots& city);

/// Which lot, by index, the rule of that index was written for, about: rules of two fields only.
std::size_t lot_of_rule(std::size_t rule);

/// A rule that no lot satisfies and that is known only when the last field of an event has been read.
pipeline::FilterSpec rule_at_the_end();

}  // namespace signalbox::bench
