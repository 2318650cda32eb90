#include "engine/local/keys.hpp"

namespace signalbox::engine::local {
namespace {

enum : std::uint8_t { kCheckpoint = 0, kLane = 1, kProgress = 2 };

}  // namespace

std::uint64_t number_in(std::string_view key, std::size_t offset, std::size_t size) {
  if (key.size() < offset + size) return 0;
  std::uint64_t number = 0;
  for (std::size_t i = offset; i < offset + size; ++i) number = number << 8 | static_cast<std::uint8_t>(key[i]);
  return number;
}

WallTime time_in(std::string_view key, std::size_t offset) {
  const auto shifted = number_in(key, offset, 8) ^ (std::uint64_t{1} << 63);
  return WallTime(std::chrono::microseconds(static_cast<std::int64_t>(shifted)));
}

Key event_key(ChannelNumbers channel, Seq seq) { return Key(channel).u64(seq); }
Key checkpoint_key(ChannelNumbers channel) { return Key(channel).u8(kCheckpoint); }
Key lane_key(ChannelNumbers channel, LaneId lane) { return Key(channel).u8(kLane).u32(lane.value); }
Key progress_key(ChannelNumbers channel, LaneId lane) { return Key(channel).u8(kProgress).u32(lane.value); }
Key retry_key(ChannelNumbers channel, const RetryKey& key) {
  return Key(channel).u32(key.lane.value).time(key.due).u64(key.seq);
}
Key dead_letter_key(ChannelNumbers channel, const DeadLetterKey& key) {
  return Key(channel).u64(key.seq).u32(key.lane.value);
}
Key journey_key(ChannelNumbers channel, std::uint64_t segment, std::uint64_t chunk) {
  return Key(channel).u64(segment).u64(chunk);
}
Key index_key(ChannelNumbers channel, std::uint64_t segment) { return Key(channel).u64(segment); }

RetryKey parse_retry_key(std::string_view key) {
  return RetryKey{LaneId(static_cast<std::uint32_t>(number_in(key, kChannelBytes, 4))), time_in(key, kChannelBytes + 4),
                  number_in(key, kChannelBytes + 12, 8)};
}

DeadLetterKey parse_dead_letter_key(std::string_view key) {
  return DeadLetterKey{number_in(key, kChannelBytes, 8),
                       LaneId(static_cast<std::uint32_t>(number_in(key, kChannelBytes + 8, 4)))};
}

std::string end_of(std::string_view key) {
  std::string end(key);
  while (!end.empty() && end.back() == '\xff') end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(end.back() + 1);
  return end;
}

store::KeyRange all_under(std::string_view key) { return store::KeyRange{std::string(key), end_of(key)}; }

store::KeyRange event_range(ChannelNumbers channel, Seq first, Seq last) {
  return store::KeyRange{event_key(channel, first).string(), end_of(event_key(channel, last))};
}

}  // namespace signalbox::engine::local
