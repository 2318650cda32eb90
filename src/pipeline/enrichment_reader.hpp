#pragma once
#include "pipeline/transform_step.hpp"
#include "signalbox/config_node.hpp"

namespace signalbox::pipeline {

/// Reads a step whose one key is `enrich`.  Faults go to `out`, and the step is then not fit for use. Whether
/// the target that it names is there and answers is for whoever knows the targets to check.
TransformStep read_enrichment_step(const ConfigNode& step, Diagnostics& out);

}  // namespace signalbox::pipeline
