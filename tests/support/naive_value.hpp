#pragma once
#include "support/json_tree.hpp"

namespace signalbox::test {

/// Whether an entry of a pattern's list accepts a scalar of an event, by docs/filters.md and as directly as
/// can be: nothing is prepared, nothing is shared with what it is there to check.
///
/// Not for `{"exists":false}`, `contains-all` and `equals-set`, which do not look at one value.  Case is
/// known of ASCII and of a few characters with odd ways; CIDR and addresses are not checked for what would be
/// refused. Throws std::invalid_argument for an operator that there is not.
bool naive_accepts(const JsonTree& entry, const JsonTree& value);

}  // namespace signalbox::test
