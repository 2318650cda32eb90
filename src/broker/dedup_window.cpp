#include "broker/dedup_window.hpp"

#include <xxhash.h>

#include <string>

namespace signalbox::broker {

bool DedupWindow::insert(std::string_view source, std::string_view id, WallTime at) {
  std::string key;
  key.reserve(source.size() + id.size() + 1);
  ((key += source) += '\0') += id;  // neither may hold U+0000
  const auto hash = XXH3_128bits(key.data(), key.size());
  const Hash128 known{hash.low64, hash.high64};
  if (!known_.insert(known).second) return false;
  order_.emplace_back(at, known);
  if (order_.size() > kMost) {
    known_.erase(order_.front().second);
    order_.pop_front();
  }
  return true;
}

void DedupWindow::forget_before(WallTime now) {
  while (!order_.empty() && order_.front().first + span_ < now) {
    known_.erase(order_.front().second);
    order_.pop_front();
  }
}

}  // namespace signalbox::broker
