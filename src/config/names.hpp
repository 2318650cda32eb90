#pragma once
#include <cstddef>
#include <functional>
#include <string_view>

#include "signalbox/config_node.hpp"

namespace signalbox::config {

/// Whether `name` may name a tenant, channel, rule, target or key: 1 to 64 of a-z 0-9 . _ -, a letter or
/// digit at both ends.  Such a name stands in URLs, metrics and the store as it is.
bool is_name(std::string_view name);

/// What a fault says of a name that is none.
inline constexpr std::string_view kNameRule =
    "a name has 1 to 64 of a-z 0-9 . _ - and a letter or digit at both ends";

/// Calls `read_one` for each member of the mapping under `key`; a name that is none, and more than `most`
/// members, are faults.
void each_named(ConfigReader& read, std::string_view key, std::size_t most, Diagnostics& out,
                const std::function<void(const ConfigNode::Member&)>& read_one);

/// Calls `read_one` for each item of the list under `key`; more than `most` are a fault.
void each_item(ConfigReader& read, std::string_view key, std::size_t most,
               const std::function<void(const ConfigNode&)>& read_one);

}  // namespace signalbox::config
