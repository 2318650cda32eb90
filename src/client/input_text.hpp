#pragma once
#include <cstddef>
#include <limits>
#include <string>

#include "signalbox/error.hpp"

namespace signalbox::client {

/// What is in a file, or with "-" what comes from standard input: one byte over `bytes_most` at most, so that what is
/// too long can be told.  Errors: invalid_argument (it cannot be read); the message names it.
Result<std::string> read_input(const std::string& name,
                               std::size_t bytes_most = std::numeric_limits<std::size_t>::max() - 1);

}  // namespace signalbox::client
