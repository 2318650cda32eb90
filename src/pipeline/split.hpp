#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "pipeline/event_text.hpp"
#include "signalbox/error.hpp"
#include "signalbox/event.hpp"

namespace signalbox::pipeline {

/// A share of all events, by a key: events of one key are all in it, or none of them.
///
/// Each key has a point between 0 % and 100 % that depends on the key and the salt alone, for ever: neither
/// other rules nor restarts move it.
struct Share {
  /// Points are counted in millionths.
  static constexpr std::uint32_t kWhole = 1'000'000;

  std::uint32_t from = 0;
  std::uint32_t to = kWhole;  ///< the first point that is no longer in it

  bool has(std::uint32_t point) const { return from <= point && point < to; }
  bool operator==(const Share&) const = default;
};

/// "37.25%".
std::string percent_text(std::uint32_t point);
/// "10%-30%".
std::string share_text(const Share& share);
/// "10%" (the first tenth), "10%-30%", with at most four decimals.  Errors: invalid_argument.
Result<Share> parse_share(std::string_view text);

/// A rule's `split`: immutable and thread-safe.
class Split {
 public:
  Split(EventText key, Share share, std::string salt)
      : key_(std::move(key)), share_(share), salt_(std::move(salt)) {}

  /// Where the event's key lies; an event without the key is its own key (`source` and `id`).
  std::uint32_t point_of(const Event& event) const;
  const Share& share() const { return share_; }

 private:
  EventText key_;
  Share share_;
  std::string salt_;
};

}  // namespace signalbox::pipeline
