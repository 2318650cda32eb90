#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "signalbox/error.hpp"
#include "store/log_files.hpp"
#include "store/place.hpp"
#include "store/store.hpp"

namespace signalbox::store {

/// Reads values from the log, neighbours together.  For one scan; thread-safety: none.
class PlacedValues {
 public:
  /// `order`: in which the places will be asked for.
  PlacedValues(LogFiles& files, Order order) : files_(files), order_(order) {}

  /// The view is good until the next call.  Errors: corrupt (with the place), storage.
  Result<std::string_view> read(const Place& place);

 private:
  Status fill(const Place& place);
  Error damaged(const Place& place, const std::string& what) const;

  LogFiles& files_;
  const Order order_;
  std::uint32_t segment_ = 0;
  std::uint64_t begin_ = 0;    // of the window in the segment
  std::string window_;
  std::size_t ahead_ = 0;      // how much more than the value is read
};

}  // namespace signalbox::store
