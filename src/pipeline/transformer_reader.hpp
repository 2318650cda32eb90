#pragma once
#include <memory>
#include <vector>

#include "pipeline/transformer.hpp"
#include "signalbox/config_node.hpp"

namespace signalbox::pipeline {

/// Reads and compiles the value under a rule's `transform:` key (or the "transform" member of an eval line):
/// one step, or a list of them.  Faults go to `out`; nullptr when there were any.
std::shared_ptr<const Transformer> read_transformer(const ConfigNode& node, Diagnostics& out);

/// The jq programs under a `transform:` key, with their places.
std::vector<const ConfigNode*> jq_programs(const ConfigNode& transform);

/// The names of the targets that steps under a `transform:` key ask, with their places.
std::vector<const ConfigNode*> enrichment_targets(const ConfigNode& transform);

}  // namespace signalbox::pipeline
