#pragma once
#include <string>
#include <string_view>

#include "signalbox/config_node.hpp"

namespace signalbox::config {

/// The path of the file named under `key`, which must be there; a relative one lies beside the configuration
/// file.  "" when the key is absent or at fault.
std::string read_file_name(ConfigReader& read, std::string_view key);

/// Its content, at most `most` bytes.  "" when the key is absent or at fault (too large, unreadable).  Blocks
/// on the disk.
std::string read_file_content(ConfigReader& read, std::string_view key, std::size_t most);

}  // namespace signalbox::config
