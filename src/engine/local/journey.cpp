#include "engine/local/journey.hpp"

#include <algorithm>

#include "engine/local/bytes.hpp"
#include "engine/local/keys.hpp"

namespace signalbox::engine::local {
namespace {

constexpr std::uint8_t kKindBits = 0x0f;
constexpr std::uint8_t kFailed = 0x10;  // an error text follows

JourneyChunk& chunk_of(std::vector<JourneyChunk>& chunks, const JourneyEntry& entry) {
  const auto segment = segment_of(entry.seq);
  const auto is_ours = [segment](const JourneyChunk& chunk) { return chunk.segment == segment; };
  const auto found = std::find_if(chunks.rbegin(), chunks.rend(), is_ours);
  if (found != chunks.rend()) return *found;
  auto& chunk = chunks.emplace_back(JourneyChunk{segment, {}});
  Writer(chunk.value).time(entry.record.at);
  return chunk;
}

}  // namespace

std::vector<JourneyChunk> pack_journey(const std::vector<JourneyEntry>& entries, Seq first_seq) {
  std::vector<JourneyChunk> chunks;
  for (const auto& entry : entries) {
    if (entry.seq < first_seq) continue;
    auto& value = chunk_of(chunks, entry).value;
    const auto base = Reader(value).time();
    const auto& record = entry.record;
    Writer out(value);
    out.u8(static_cast<std::uint8_t>(entry.seq));
    out.u8(static_cast<std::uint8_t>(static_cast<unsigned>(entry.kind) | (record.error.empty() ? 0u : kFailed)));
    out.varint(entry.lane.value);
    out.varint(entry.attempt);
    out.zigzag((record.at - base).count());
    out.zigzag(record.took.count());
    out.varint(record.status);
    if (!record.error.empty()) out.text(record.error);
  }
  return chunks;
}

bool unpack_journey(std::string_view chunk, Seq seq, std::vector<JourneyEntry>& out) {
  Reader in(chunk);
  const auto base = in.time();
  while (in.good() && !in.at_end()) {
    const auto position = in.u8(), kind = in.u8();
    JourneyEntry entry;
    entry.seq = seq;
    entry.kind = static_cast<JourneyEntry::Kind>(kind & kKindBits);
    entry.lane = LaneId(in.varint32());
    entry.attempt = in.varint32();
    entry.record.at = base + std::chrono::microseconds(in.zigzag());
    entry.record.took = std::chrono::microseconds(in.zigzag());
    entry.record.status = static_cast<std::uint16_t>(in.varint());
    if (kind & kFailed) entry.record.error = in.text();
    if (position == static_cast<std::uint8_t>(seq)) out.push_back(std::move(entry));
  }
  return in.good();
}

}  // namespace signalbox::engine::local
