#pragma once
#include <cstdint>
#include <string>

#include "support/random_source.hpp"

namespace signalbox::test {

/// What a random pattern may use.
enum class PatternLanguage : std::uint8_t {
  eventbridge,  ///< what both readings understand, and understand alike
  signalbox,    ///< all of ours
};

/// Which members a random pattern has at its top.
enum class PatternTop : std::uint8_t {
  any_object,  ///< any names
  event,       ///< an event's attributes, and `data` with any names below
};

/// A valid pattern of few names and values, so that patterns and events meet.
std::string random_pattern(RandomSource& random, PatternLanguage language, PatternTop top);

/// A valid list of entries for one field.
std::string random_list(RandomSource& random, PatternLanguage language);

/// A valid list of CloudEvents Subscriptions filters.
std::string random_filters(RandomSource& random);

/// A valid expression of CloudEvents SQL.
std::string random_cesql(RandomSource& random);

}  // namespace signalbox::test
