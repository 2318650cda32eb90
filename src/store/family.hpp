#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace signalbox::store {

/// A named set of ordered keys.  docs/storage-format.md describes what is in each.  The numbers stand
/// in the log; RocksDB knows a family by its name.
enum class Family : std::uint8_t { meta, events, lanes, retries, dead, journey, index };

inline constexpr std::size_t kFamilies = 7;

/// By Family, in its order.
inline constexpr std::array<std::string_view, kFamilies> kFamilyNames{"default", "events",  "lanes", "retries",
                                                                      "dead",    "journey", "index"};

inline std::string_view name_of(Family family) { return kFamilyNames[static_cast<std::size_t>(family)]; }

}  // namespace signalbox::store
