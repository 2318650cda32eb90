#include "broker/enrichment_cache.hpp"

#include <utility>

namespace signalbox::broker {
namespace {

constexpr std::size_t kEntryOverhead = 200;  // of the containers, about

std::size_t size_of(const std::string& key, const EnrichmentAnswer& answer) {
  auto size = kEntryOverhead + key.size() + answer.body.size();
  for (const auto& [name, value] : answer.headers)
    size += name.size() + value.size() + 2 * sizeof(std::string);
  return size;
}

}  // namespace

std::shared_ptr<const EnrichmentAnswer> EnrichmentCache::find(std::string_view key, TimePoint now) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return nullptr;
  const auto entry = found->second;
  if (entry->until <= now) {
    remove(entry);
    return nullptr;
  }
  entries_.splice(entries_.begin(), entries_, entry);
  return entry->answer;
}

void EnrichmentCache::put(const std::string& key, std::shared_ptr<const EnrichmentAnswer> answer,
                          TimePoint until) {
  if (const auto old = by_key_.find(key); old != by_key_.end()) remove(old->second);
  const auto bytes = size_of(key, *answer);
  if (bytes > bytes_max_ || key.size() > kKeyBytesMax) return;
  Entry entry;
  entry.key = key;
  entry.answer = std::move(answer);
  entry.until = until;
  entry.bytes = bytes;
  entries_.push_front(std::move(entry));
  by_key_.emplace(entries_.front().key, entries_.begin());
  bytes_ += bytes;
  while (entries_.size() > entries_max_ || bytes_ > bytes_max_) remove(std::prev(entries_.end()));
}

void EnrichmentCache::remove(Entries::iterator entry) {
  bytes_ -= entry->bytes;
  by_key_.erase(entry->key);
  entries_.erase(entry);
}

}  // namespace signalbox::broker
