#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pipeline/ip_address.hpp"
#include "pipeline/numeric_range.hpp"
#include "pipeline/value_key.hpp"

namespace signalbox::pipeline {

/// One way to look for a value in an index of many filters.  What it finds is asked then: it may find too
/// much, never too little.
struct Probe {
  enum class Kind : std::uint8_t {
    equal,    ///< a leaf whose value_key() is `key`
    address,  ///< a leaf whose address_key() is `key`
    folded,   ///< a leaf whose folded_key() is `key`
    prefix,   ///< a leaf whose text (of a number, true, false, null: as written) begins with `text`
    suffix,   ///< ... ends with `text`
    infix,    ///< ... has `text` somewhere in it
    range,    ///< a comparable number in `range`
    network,  ///< a string that is an address in `network`
  };
  Kind kind = Kind::equal;
  ValueKey key = 0;
  std::string text{};  ///< not empty where it counts
  NumericRange range{};
  IpRange network{};

  static Probe equal(ValueKey key) { return Probe(Kind::equal, key); }
  static Probe address(ValueKey key) { return Probe(Kind::address, key); }
  static Probe folded(ValueKey key) { return Probe(Kind::folded, key); }
  static Probe prefix(std::string_view text) { return Probe(Kind::prefix, text); }
  static Probe suffix(std::string_view text) { return Probe(Kind::suffix, text); }
  static Probe infix(std::string_view text) { return Probe(Kind::infix, text); }
  explicit Probe(const NumericRange& numbers) : kind(Kind::range), range(numbers) {}
  explicit Probe(const IpRange& addresses) : kind(Kind::network), network(addresses) {}

 private:
  Probe(Kind k, ValueKey v) : kind(k), key(v) {}
  Probe(Kind k, std::string_view t) : kind(k), text(t) {}
};

/// A field that a filter cannot match without.
struct Requirement {
  std::size_t field = 0;        ///< index in FilterShape::fields
  std::vector<Probe> probes{};  ///< one of these finds one of its values; empty: any value will do
};

/// What a filter looks at, and what an event must have for the filter to match.
struct FilterShape {
  std::vector<std::string> fields;  ///< paths as in FieldSet, each once

  /// If the filter matches an event, then all requirements of one of these hold.  One without requirements
  /// says nothing: the filter has to be asked about every event.  Not empty.
  std::vector<std::vector<Requirement>> alternatives;
};

}  // namespace signalbox::pipeline
