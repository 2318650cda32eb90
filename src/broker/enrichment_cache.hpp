#pragma once
#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "signalbox/clock.hpp"
#include "signalbox/enricher.hpp"

namespace signalbox::broker {

/// Answers by the questions' keys: as many as there is room for, those used least recently go first, each
/// until its time is over.  Time comes in.  Thread-safety: none; one strand's.
class EnrichmentCache {
 public:
  static constexpr std::size_t kKeyBytesMax = 64 << 10;  ///< a longer key is not kept

  EnrichmentCache(std::size_t entries_max, std::size_t bytes_max)
      : entries_max_(entries_max), bytes_max_(bytes_max) {}

  /// nullptr when there is none, or its time is over.
  std::shared_ptr<const EnrichmentAnswer> find(std::string_view key, TimePoint now);
  /// Replaces what is there.  What is larger than the whole cache is not kept.
  void put(const std::string& key, std::shared_ptr<const EnrichmentAnswer> answer, TimePoint until);

  std::size_t entries() const { return entries_.size(); }
  std::size_t bytes() const { return bytes_; }

 private:
  struct Entry {
    std::string key;
    std::shared_ptr<const EnrichmentAnswer> answer;
    TimePoint until{};
    std::size_t bytes = 0;
  };
  using Entries = std::list<Entry>;
  void remove(Entries::iterator entry);

  std::size_t entries_max_, bytes_max_;
  std::size_t bytes_ = 0;
  Entries entries_;                                                 // the one used last at the front
  std::unordered_map<std::string_view, Entries::iterator> by_key_;  // views into the entries
};

}  // namespace signalbox::broker
