#pragma once
#include <algorithm>
#include <span>
#include <vector>

#include "pipeline/filter_input.hpp"
#include "pipeline/filter_shape.hpp"
#include "pipeline/ip_address.hpp"

namespace signalbox::test {

/// Whether a probe finds a leaf, by the words of filter_shape.hpp: an index without an index.
inline bool finds(const pipeline::Probe& probe, const pipeline::Leaf& leaf) {
  using Kind = pipeline::Probe::Kind;
  switch (probe.kind) {
    case Kind::equal:
      return pipeline::value_key(leaf) == probe.key;
    case Kind::address:
      return pipeline::address_key(leaf) == probe.key;
    case Kind::folded:
      return pipeline::folded_key(leaf) == probe.key;
    case Kind::prefix:
      return leaf.text.starts_with(probe.text);
    case Kind::suffix:
      return leaf.text.ends_with(probe.text);
    case Kind::infix:
      return leaf.text.find(probe.text) != std::string_view::npos;
    case Kind::range:
      return leaf.comparable && probe.range.contains(leaf.number);
    case Kind::network:
      break;
  }
  const auto address = pipeline::parse_ip_address(leaf.text);
  return leaf.kind == pipeline::Leaf::Kind::string && address && probe.network.contains(*address);
}

inline bool holds(const pipeline::Requirement& requirement, std::span<const pipeline::Leaf> leaves) {
  return std::any_of(leaves.begin(), leaves.end(), [&](const pipeline::Leaf& leaf) {
    const auto& probes = requirement.probes;
    return probes.empty() || std::any_of(probes.begin(), probes.end(),
                                         [&](const pipeline::Probe& probe) { return finds(probe, leaf); });
  });
}

/// Whether an index by this shape finds the event; `fields` as for Filter::matches().
inline bool finds(const pipeline::FilterShape& shape, const pipeline::FilterInput& input,
                  std::span<const pipeline::FieldId> fields) {
  const auto all_hold = [&](const std::vector<pipeline::Requirement>& alternative) {
    return std::all_of(alternative.begin(), alternative.end(), [&](const pipeline::Requirement& requirement) {
      return holds(requirement, input.leaves(fields[requirement.field]));
    });
  };
  return std::any_of(shape.alternatives.begin(), shape.alternatives.end(), all_hold);
}

}  // namespace signalbox::test
