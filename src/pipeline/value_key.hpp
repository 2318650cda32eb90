#pragma once
#include <cstdint>
#include <string_view>

#include "pipeline/filter_input.hpp"
#include "pipeline/ip_address.hpp"

namespace signalbox::pipeline {

/// A value as an index sees it: equal values have equal keys, others nearly never.  Never 0.
using ValueKey = std::uint64_t;

ValueKey string_key(std::string_view text);
/// Of a comparable number.
ValueKey number_key(double number);
/// Of a number that is not comparable, by its text.
ValueKey number_text_key(std::string_view text);
ValueKey true_key();
ValueKey false_key();
ValueKey null_key();
ValueKey ip_address_key(const IpAddress& address);

/// The key by which a leaf is found among exact values.
ValueKey value_key(const Leaf& leaf);
/// The key of a string that is an IP address, by its address; 0 for all other leaves.
ValueKey address_key(const Leaf& leaf);
/// The key of a string whatever the case of its ASCII letters; 0 for all other leaves.
ValueKey folded_key(const Leaf& leaf);
/// The same of a text.
ValueKey folded_text_key(std::string_view text);

}  // namespace signalbox::pipeline
