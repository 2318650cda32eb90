#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "store/log_replay.hpp"

namespace signalbox::store {

/// Up to where the tables hold all that the log says, so that it has to be replayed from there only.
struct LogCheckpoint {
  LogEnd end;
  std::string contents;  ///< SegmentContents::encode() of the segment it stands in; "" when that was complete then
};

/// u64 group | u32 segment | u64 offset | contents; little-endian.
std::string encode(const LogCheckpoint& checkpoint);
std::optional<LogCheckpoint> read_log_checkpoint(std::string_view bytes);

/// A segment that is not written any more.
struct SealedSegment {
  std::uint64_t size_bytes = 0;  ///< of its groups
  std::string contents;          ///< SegmentContents::encode()
};

/// u64 size | contents
std::string encode(const SealedSegment& segment);
std::optional<SealedSegment> read_sealed_segment(std::string_view bytes);

/// The key of a sealed segment in `meta`: "#segment" and its number, u32 big-endian.
std::string sealed_key(std::uint32_t segment);
/// 0 when it is no such key.
std::uint32_t parse_sealed_key(std::string_view key);

inline constexpr std::string_view kSealedKeys = "#segment";         ///< what those keys begin with
inline constexpr std::string_view kCheckpointKey = "#checkpoint";   ///< in `meta`: encode(LogCheckpoint)

}  // namespace signalbox::store
