#include "broker/key_order.hpp"

#include <xxhash.h>

namespace signalbox::broker {

std::optional<KeyOrder::Key> KeyOrder::key_of(const Event& event) {
  auto key = event.find("partitionkey");
  if (!key) key = event.find("subject");
  if (!key) return std::nullopt;
  return XXH3_64bits(key->value.data(), key->value.size());
}

bool KeyOrder::begin(Key key, Seq seq) {
  auto [line, is_new] = lines_.try_emplace(key);
  if (is_new) {
    line->second.holder = seq;
    return true;
  }
  line->second.waiting.push_back(seq);
  ++waiting_;
  return false;
}

std::optional<Seq> KeyOrder::end(Key key, Seq seq) {
  auto line = lines_.find(key);
  if (line == lines_.end() || line->second.holder != seq) return std::nullopt;
  if (line->second.waiting.empty()) {
    lines_.erase(line);
    return std::nullopt;
  }
  line->second.holder = line->second.waiting.front();
  line->second.waiting.pop_front();
  --waiting_;
  return line->second.holder;
}

}  // namespace signalbox::broker
