#pragma once
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::client {

/// Prints rows with their columns aligned under a heading; numbers stand right.  Control characters are shown
/// as '?', long cells are cut at 60 characters.  `escapes`, one for each row, begin its colour ("\x1b[32m");
/// "" leaves it plain.
void print_table(std::ostream& out, const std::vector<std::string>& heading,
                 const std::vector<std::vector<std::string>>& rows,
                 const std::vector<std::string_view>& escapes = {});

/// `text` with '?' for control characters: what came from outside does not steer the terminal.
std::string printable(std::string_view text);

}  // namespace signalbox::client
