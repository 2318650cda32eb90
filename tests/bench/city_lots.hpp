#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "signalbox/event.hpp"

namespace signalbox::bench {

struct Corner {
  double x = 0, y = 0;
};

/// One piece of land, as the city of San Francisco lists it.  Several flats of one house share a
/// `map_block_lot`.
struct Lot {
  std::string map_block_lot, block_lot, block, lot, from, to;
  std::string_view street;
  std::string_view street_type;  ///< empty: null
  bool even = true;
  bool multi_polygon = false;
  double left = 0, right = 0, bottom = 0, top = 0;
  unsigned bends = 0;  ///< corners beyond the four of a rectangle
};

/// The corners of its polygon; the last is the first again.  Neighbours share corners.
std::vector<Corner> corners(const Lot& lot);

/// A coordinate as events write it: 15 digits, so that patterns can compare it.
std::string coordinate_text(double value);

/// The lot as a GeoJSON feature of about 850 bytes, in the form of event-ruler's `citylots2.json`: properties
/// first, coordinates as objects, the first of them once more at the end.
std::string to_json(const Lot& lot);

/// An invented city: as many lots, streets and flats as the real list has, in about the same frequencies;
/// those that event-ruler's benchmark asks for occur as often as there.  The same for the same seed.
class CityLots {
 public:
  static constexpr std::size_t kLots = 200'000;
  static constexpr std::size_t kStreets = 1'700;

  explicit CityLots(std::uint64_t seed);
  CityLots(const CityLots&) = delete;
  CityLots& operator=(const CityLots&) = delete;

  /// In random order.
  const std::vector<Lot>& lots() const { return lots_; }
  /// The lot of that index as the data of an event.
  Event event(std::size_t index) const;

 private:
  std::vector<std::string> streets_;
  std::vector<Lot> lots_;
};

}  // namespace signalbox::bench
