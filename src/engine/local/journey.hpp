#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "signalbox/channel_log.hpp"

namespace signalbox::engine::local {

/// One value of the journey family: the entries of one settlement for one segment.
struct JourneyChunk {
  std::uint64_t segment = 0;
  std::string value;
};

/// Packs entries by segment, in their order; about 12 bytes for a delivery that worked.  Entries of events below
/// `first_seq` are left out: those events are gone with their journeys.
std::vector<JourneyChunk> pack_journey(const std::vector<JourneyEntry>& entries, Seq first_seq);

/// Appends the entries of `seq` to `out`; false when the chunk is damaged.
bool unpack_journey(std::string_view chunk, Seq seq, std::vector<JourneyEntry>& out);

}  // namespace signalbox::engine::local
