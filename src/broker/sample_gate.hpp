#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "signalbox/clock.hpp"

namespace signalbox::broker {

/// Which of a channel's events are shown to those who learn from them: some of each type a second, so that a
/// rare one is seen however many there are of another.  A value of one strand.
class SampleGate {
 public:
  static constexpr std::uint32_t kOfTypeMost = 20;  ///< a second
  static constexpr std::uint32_t kOfAllMost = 500;  ///< a second
  static constexpr std::size_t kTypesMost = 1'000;  ///< a minute

  /// Whether the event of this type is among them.
  bool take(std::string_view type, TimePoint now);

 private:
  struct Window {
    TimePoint begin{};
    std::uint32_t taken = 0;
    bool take(TimePoint now, std::uint32_t most);
  };
  Window all_;
  std::map<std::string, Window, std::less<>> types_;
  TimePoint forgotten_at_{};
};

}  // namespace signalbox::broker
