#pragma once
#include <cstdint>

namespace signalbox::daemon {

enum class Stream : std::uint8_t { in, out, err };

/// Whether a person sits at its other end.
bool is_terminal(Stream stream);

/// A terminal, and NO_COLOR is not set.
bool takes_colour(Stream stream);

}  // namespace signalbox::daemon
