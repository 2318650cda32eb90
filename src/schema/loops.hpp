#pragma once
#include <optional>

#include "schema/program.hpp"

namespace signalbox::schema {

/// A subschema that, followed through references and keywords such as allOf which apply to the same value,
/// comes back to itself: checking with it would never end.  References by dynamic anchor are followed to
/// where they lead when no scope has the anchor; the evaluator bounds the others.
std::optional<NodeId> find_loop(const Program& program);

}  // namespace signalbox::schema
