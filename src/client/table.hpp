#pragma once
#include <ostream>
#include <string>
#include <vector>

namespace signalbox::client {

/// Prints rows with their columns aligned under a heading; numbers stand right.  Control characters are shown as '?',
/// long cells are cut at 60 characters.
void print_table(std::ostream& out, const std::vector<std::string>& heading, const std::vector<std::vector<std::string>>& rows);

}  // namespace signalbox::client
