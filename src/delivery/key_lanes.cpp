#include "delivery/key_lanes.hpp"

#include <cassert>
#include <functional>

namespace signalbox::delivery {

std::optional<std::string_view> ordering_key(const Event& event) {
  for (auto name : {"partitionkey", "subject"})
    if (const auto value = event.value(name); !value.empty()) return value;
  return std::nullopt;
}

std::optional<std::uint64_t> ordering_key_hash(const Event& event) {
  const auto key = ordering_key(event);
  if (!key) return std::nullopt;
  return std::hash<std::string_view>{}(*key);
}

bool KeyLanes::try_begin(std::uint64_t key_hash) { return !full() && held_.insert(key_hash).second; }

void KeyLanes::finish(std::uint64_t key_hash) {
  [[maybe_unused]] const auto erased = held_.erase(key_hash);
  assert(erased == 1 && "a key is finished once for each time it began");
}

}  // namespace signalbox::delivery
