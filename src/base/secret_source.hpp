#pragma once
#include <string>

#include "signalbox/config_node.hpp"
#include "signalbox/error.hpp"
#include "signalbox/secret.hpp"

namespace signalbox::base {

/// A secret as found, and what is worth telling about where it lay ("" when nothing is).
struct FoundSecret {
  Secret secret;
  std::string warning;
  std::string hint;
};

/// Reads `name`, at most 64 KiB, trailing newlines cut.  A relative name is looked up beside the file of
/// `place`, then in $CREDENTIALS_DIRECTORY.  Blocks on the disk.  A file that everybody may read comes with a
/// warning. Errors: invalid_argument (not there, not readable, empty, too large); the message never shows the
/// content.
Result<FoundSecret> secret_from_file(const std::string& name, const Place& place);

/// Errors: invalid_argument when the variable is not set or empty.
Result<FoundSecret> secret_from_environment(const std::string& variable);

}  // namespace signalbox::base
