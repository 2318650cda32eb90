#pragma once
#include <string>

#include "client/commands.hpp"
#include "schema/compatibility.hpp"

namespace signalbox::daemon {

struct CompareOptions {
  std::string old_file, new_file;  ///< one of them may be "-": standard input
  schema::Compatibility compatibility = schema::Compatibility::backward;
  schema::CompatibilityOptions how;
};

/// `signalbox schemas check`: prints why two schemas are not compatible, as JSON with `output.json`.  0 when
/// they are, 1 when not, or when a file is at fault.
int compare_schemas(const CompareOptions& options, const client::Output& output);

}  // namespace signalbox::daemon
