#include "daemon/terminal.hpp"

#include <unistd.h>

#include <cstdlib>

namespace signalbox::daemon {

bool is_terminal(Stream stream) { return isatty(static_cast<int>(stream)) == 1; }

bool takes_colour(Stream stream) { return is_terminal(stream) && std::getenv("NO_COLOR") == nullptr; }

}  // namespace signalbox::daemon
