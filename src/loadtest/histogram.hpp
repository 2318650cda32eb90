#pragma once
#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace signalbox::loadtest {

/// Log-linear histogram of nanosecond values: 64 steps in each power of two, so a quantile is at most 1.6 %
/// above the true value.  30 KiB, whatever is recorded.
class Histogram {
 public:
  void record(std::uint64_t ns) {
    ++counts_[slot_of(ns)];
    ++count_;
    max_ = std::max(max_, ns);
  }

  void clear() { *this = Histogram(); }
  std::uint64_t count() const { return count_; }
  std::uint64_t max() const { return max_; }

  /// The smallest bound that at least `q` (0 to 1) of the values do not exceed; 0 when nothing was recorded.
  std::uint64_t quantile(double q) const {
    const auto wanted = static_cast<std::uint64_t>(q * static_cast<double>(count_) + 0.5);
    const auto rank = std::max<std::uint64_t>(1, wanted);
    std::uint64_t seen = 0;
    for (std::size_t slot = 0; slot < kSlots; ++slot) {
      seen += counts_[slot];
      if (seen >= rank) return std::min(upper_bound(slot), max_);
    }
    return max_;
  }

 private:
  static constexpr unsigned kStepBits = 6;
  static constexpr std::size_t kSteps = std::size_t{1} << kStepBits;
  static constexpr std::size_t kSlots = (std::numeric_limits<std::uint64_t>::digits - kStepBits + 1) * kSteps;

  static std::size_t slot_of(std::uint64_t value) {
    if (value < kSteps) return static_cast<std::size_t>(value);
    const auto shift = static_cast<unsigned>(std::bit_width(value)) - kStepBits - 1;
    return (shift + 1) * kSteps + static_cast<std::size_t>((value >> shift) - kSteps);
  }

  static std::uint64_t upper_bound(std::size_t slot) {
    if (slot < kSteps) return slot;
    const auto shift = static_cast<unsigned>(slot / kSteps) - 1;
    return ((std::uint64_t{slot % kSteps} + kSteps + 1) << shift) - 1;
  }

  std::array<std::uint64_t, kSlots> counts_{};
  std::uint64_t count_ = 0, max_ = 0;
};

}  // namespace signalbox::loadtest
