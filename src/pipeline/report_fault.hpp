#pragma once
#include <string>
#include <utility>

#include "signalbox/config_node.hpp"

namespace signalbox::pipeline {

/// Says what is wrong with `node`, at its place.
inline void report(Diagnostics& out, const ConfigNode& node, std::string message, std::string hint = {}) {
  out.add({node.place(), node.path(), std::move(message), std::move(hint)});
}

}  // namespace signalbox::pipeline
