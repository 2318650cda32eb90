#pragma once
#include <string>
#include <vector>

#include "client/commands.hpp"

namespace signalbox::daemon {

struct InferOptions {
  std::vector<std::string> files;  ///< none, or "-": standard input
  std::string type;                ///< only events of this type; "": all, by type
  bool values = false;             ///< the files hold values instead of events
  bool closed = false;             ///< members that no value had are not allowed
};

/// `signalbox schemas infer`: prints the schemas of the events' data, or of the values.
///
/// Of all types: a JSON object a line, `{"events":3,"schema":{...},"type":"..."}`, sorted by type.  Of one
/// type or of values: the schema alone, over several lines.  What is no valid event or value is told on
/// `err` and the rest goes on; the exit code is then 1, as when there is nothing to infer from.
int infer_schemas(const InferOptions& options, const client::Output& output);

}  // namespace signalbox::daemon
