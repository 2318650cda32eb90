#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/local/keys.hpp"
#include "signalbox/channel_log.hpp"

namespace signalbox::engine::local {

/// The attributes that queries look for, hashed to 32 bits each; 0 in a query's hashes means "any".
struct AttributeHashes {
  static constexpr std::size_t kColumns = 4;
  std::array<std::uint32_t, kColumns> columns{};  ///< id, source, type, subject

  static AttributeHashes of(const Event& event);
  static AttributeHashes of(const EventQuery& query);
};

/// The hashes of one segment's events as they are appended: what its index block is made of.
class SegmentIndex {
 public:
  /// Takes the event in if it is the next of a segment that was followed from its first event.  When it is the
  /// segment's last, returns true: block() is then complete.
  bool add(const StoredEvent& event);
  /// Whether add() would take the event `seq`, as far as its number goes.
  bool follows(Seq seq) const;
  std::uint64_t segment() const { return segment_; }
  std::string block() const;

 private:
  std::uint64_t segment_ = 0;
  Seq next_ = 0;  // expected
  std::vector<AttributeHashes> hashes_;
  WallTime earliest_{}, latest_{};
};

/// A segment's block as it is read.
class IndexBlock {
 public:
  /// nullopt when it is damaged.  The view must outlive the block.
  static std::optional<IndexBlock> read(std::uint64_t segment, std::string_view value);

  WallTime earliest() const { return earliest_; }
  WallTime latest() const { return latest_; }
  Seq first() const { return first_; }
  /// Appends the seqs of the events that may match, newest first.
  void candidates(const AttributeHashes& wanted, std::vector<Seq>& out) const;

 private:
  Seq first_ = 0;
  std::size_t count_ = 0;
  WallTime earliest_{}, latest_{};
  std::array<std::string_view, AttributeHashes::kColumns> columns_;
};

/// The first and last event a segment can have; seq 0 is no event.
inline Seq first_of(std::uint64_t segment) { return segment == 0 ? 1 : segment << kSegmentBits; }
inline Seq last_of(std::uint64_t segment) { return (segment << kSegmentBits) + kSegmentEvents - 1; }

}  // namespace signalbox::engine::local
