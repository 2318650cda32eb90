#pragma once
#include <string>

#include "signalbox/config_node.hpp"

namespace signalbox::config {

/// All faults, one a line: "place: path: message (hint)".
inline std::string told(const Diagnostics& out) {
  std::string all;
  for (const auto& fault : out.faults()) {
    if (!all.empty()) all += '\n';
    if (fault.warning) all += "warning: ";
    all += fault.place.to_string() + ": ";
    if (!fault.path.empty()) all += fault.path + ": ";
    all += fault.message;
    if (!fault.hint.empty()) all += " (" + fault.hint + ")";
  }
  return all;
}

}  // namespace signalbox::config
