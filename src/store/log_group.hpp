#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "signalbox/error.hpp"
#include "store/log_files.hpp"

namespace signalbox::store {

// A segment of the log is one group of commits after the other:
//
//     8 bytes "SBXGROUP" | number | number of the last group synced then | payload size | XXH3    each u64 little-endian
//     payload: the groups' batches, one after the other
//
// The XXH3 is of the segment's number (u64), the 32 bytes before it and the payload: what stood in the file before, or
// was copied there from another one, is no group of it.

struct GroupHeader {
  std::uint64_t number = 0;        ///< of the group; consecutive through the whole log
  std::uint64_t synced = 0;        ///< number of the last group known to be durable when this was written
  std::uint64_t payload_size = 0;  ///< in bytes
};

inline constexpr std::size_t kGroupHeaderBytes = 5 * sizeof(std::uint64_t);
using GroupHeaderBytes = std::array<char, kGroupHeaderBytes>;

/// The bytes in front of the payload that `parts` make together.
GroupHeaderBytes seal(const GroupHeader& header, std::uint32_t segment, std::span<const std::string_view> parts);

/// Reads the groups of one segment in order.
class GroupScan {
 public:
  GroupScan(const File& file, std::filesystem::path path, std::uint32_t segment, std::uint64_t offset);

  enum class Found : std::uint8_t {
    group,
    nothing,  ///< zeros or the file's end
    damage,   ///< something that is no whole group
  };
  /// Errors: storage.
  Result<Found> next();
  /// Looks for the next whole group, at any offset.  To be called after damage; never finds `damage`.
  Result<Found> skip_damage();

  // Of the group found, until the next is looked for.
  const GroupHeader& header() const { return header_; }
  std::string_view payload() const { return payload_; }
  std::uint64_t payload_offset() const { return offset_ - payload_.size(); }

  /// Where the next group would stand.
  std::uint64_t offset() const { return offset_; }

 private:
  Result<bool> read(std::uint64_t offset, std::size_t size, std::string& out) const;
  Result<Found> look_at(std::uint64_t offset);

  const File& file_;
  const std::filesystem::path path_;
  const std::uint32_t segment_;
  std::uint64_t offset_;
  GroupHeader header_;
  std::string head_, payload_;
};

}  // namespace signalbox::store
