#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "signalbox/channel_log.hpp"
#include "store/store.hpp"

namespace signalbox::engine::local {

/// A channel by the numbers that its keys start with.  Tenant numbers start at 1, channel numbers too, in each tenant.
struct ChannelNumbers {
  std::uint32_t tenant = 0;
  std::uint32_t channel = 0;
};

inline constexpr unsigned kSegmentBits = 8;
inline constexpr Seq kSegmentEvents = Seq{1} << kSegmentBits;
/// The segment of the log an event stands in: what is kept beside the log is packed by segment.
inline constexpr std::uint64_t segment_of(Seq seq) { return seq >> kSegmentBits; }

/// A key of the store: numbers in big-endian order, so that keys sort as the numbers do.  On the stack.
class Key {
 public:
  explicit Key(ChannelNumbers channel) { u32(channel.tenant).u32(channel.channel); }
  Key& u8(std::uint8_t number) { return append(number, 1); }
  Key& u32(std::uint32_t number) { return append(number, 4); }
  Key& u64(std::uint64_t number) { return append(number, 8); }
  /// Signed, hence shifted so that the order holds.
  Key& time(WallTime time) {
    return u64(static_cast<std::uint64_t>(time.time_since_epoch().count()) ^ (std::uint64_t{1} << 63));
  }
  operator std::string_view() const { return std::string_view(bytes_.data(), size_); }
  std::string string() const { return std::string(std::string_view(*this)); }

 private:
  Key& append(std::uint64_t number, unsigned size) {
    for (unsigned shift = 8 * size; shift > 0;) bytes_[size_++] = static_cast<char>(number >> (shift -= 8));
    return *this;
  }
  std::array<char, 40> bytes_;
  std::size_t size_ = 0;
};

/// The number of `size` bytes at `offset` of a key; 0 when the key is too short.
std::uint64_t number_in(std::string_view key, std::size_t offset, std::size_t size);
WallTime time_in(std::string_view key, std::size_t offset);

// What stands after the channel's 8 bytes.
Key event_key(ChannelNumbers channel, Seq seq);            // events:  seq u64
Key checkpoint_key(ChannelNumbers channel);                // lanes:   0 u8
Key lane_key(ChannelNumbers channel, LaneId lane);         // lanes:   1 u8 | lane u32
Key progress_key(ChannelNumbers channel, LaneId lane);     // lanes:   2 u8 | lane u32
Key retry_key(ChannelNumbers channel, const RetryKey& key);           // retries: lane u32 | due i64 | seq u64
Key dead_letter_key(ChannelNumbers channel, const DeadLetterKey& key);  // dead:    seq u64 | lane u32
Key journey_key(ChannelNumbers channel, std::uint64_t segment, std::uint64_t chunk);  // journey: segment u64 | chunk u64
Key index_key(ChannelNumbers channel, std::uint64_t segment);         // index:   segment u64

inline constexpr std::size_t kChannelBytes = 8;
RetryKey parse_retry_key(std::string_view key);
DeadLetterKey parse_dead_letter_key(std::string_view key);
inline Seq parse_event_key(std::string_view key) { return number_in(key, kChannelBytes, 8); }

/// The first key after `key` and all that start with it.
std::string end_of(std::string_view key);
/// All keys of a family that start with `key`.
store::KeyRange all_under(std::string_view key);
/// Events `first` to `last`, both included.
store::KeyRange event_range(ChannelNumbers channel, Seq first, Seq last);

}  // namespace signalbox::engine::local
