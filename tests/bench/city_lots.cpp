#include "bench/city_lots.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <random>
#include <unordered_set>

namespace signalbox::bench {
namespace {

constexpr std::size_t kCityTotal = 213'068;  // lots of the real list, which the shares below are parts of

struct Share {
  std::string_view name;
  unsigned lots;
};

/// What event-ruler's rules ask for, by how many lots of the real list have it.
constexpr Share kKnownStreets[] = {
    {"UNKNOWN", 5200}, {"MASON", 2657},       {"IRVING", 1963},  {"FULTON", 1910},   {"HYDE", 1758},
    {"CHESTNUT", 825}, {"LAKE", 786},         {"SANTIAGO", 682}, {"FUNSTON", 477},   {"BLANKEN", 382},
    {"FOERSTER", 330}, {"RHODE ISLAND", 328}, {"BEACH", 211},    {"JEFFERSON", 131}, {"BLAKE", 60},
    {"DRAKE", 25},     {"ACADIA", 24},        {"DRUMM", 13}};
constexpr Share kKnownLots[] = {
    {"3745012", 655}, {"2607117", 101}, {"2607218", 35}, {"1430022", 1}, {"VACSTWIL", 1}};

constexpr std::string_view kFirstSyllables[] = {
    "AL", "AR",  "BAL", "BER", "BRO",  "BUR", "CAL", "CAR", "CLAY", "COR", "DAL", "DEL", "DO",
    "EL", "EU",  "FAR", "FIL", "GEN",  "GRE", "HAR", "HOW", "IN",   "JU",  "KAN", "KIR", "LA",
    "LE", "LOM", "MAR", "MIS", "MON",  "NA",  "NOR", "OAK", "OR",   "PA",  "PER", "POR", "QUE",
    "RI", "SAN", "SHA", "STE", "TARA", "TEX", "UL",  "VAL", "VER",  "WAL", "WEB", "YU",  "ZO"};
constexpr std::string_view kMiddleSyllables[] = {"A",  "BE",  "CI", "DE", "ENT", "FI", "GA", "I",  "LI",
                                                 "MA", "NEL", "O",  "PO", "RE",  "SI", "TA", "TE", "VI"};
constexpr std::string_view kLastSyllables[] = {
    "A",  "AN",  "BAR",  "BOA", "CHO", "CISCO", "DA",   "DEN", "DO",  "ELL",   "ER",  "FORD", "GON",   "HAM",
    "IA", "LEY", "LIN",  "LO",  "MAN", "MORE",  "MOND", "NAL", "NEY", "NIA",   "RA",  "RED",  "RIO",   "ROLL",
    "SA", "SON", "STER", "TA",  "TE",  "TER",   "TON",  "TOR", "VES", "VILLE", "WAY", "WOOD", "WORTH", "Y"};
constexpr Share kStreetTypes[] = {{"ST", 550}, {"AVE", 300}, {"WAY", 30}, {"DR", 30}, {"BLVD", 25},
                                  {"CT", 20},  {"TER", 15},  {"PL", 10},  {"LN", 10}, {"", 10}};

using Random = std::mt19937_64;

std::size_t below(Random& random, std::size_t limit) { return random() % limit; }
double fraction(Random& random) { return static_cast<double>(random() >> 11) * 0x1p-53; }

template <std::size_t size>
std::string_view one_of(Random& random, const std::string_view (&choices)[size]) {
  return choices[below(random, size)];
}

/// Draws numbers in proportion to their weights.
class Weighted {
 public:
  void add(double weight) { sums_.push_back((sums_.empty() ? 0 : sums_.back()) + weight); }
  std::size_t draw(Random& random) const {
    const auto at = std::upper_bound(sums_.begin(), sums_.end(), fraction(random) * sums_.back());
    return std::min(static_cast<std::size_t>(at - sums_.begin()), sums_.size() - 1);
  }

 private:
  std::vector<double> sums_;
};

std::string numbered_street(unsigned number) {
  constexpr std::string_view kEndings[] = {"TH", "ST", "ND", "RD"};
  const bool teens = number > 10 && number < 14;
  return (number < 10 ? "0" : "") + std::to_string(number) +
         std::string(kEndings[teens || number % 10 > 3 ? 0 : number % 10]);
}

std::string invented_street(Random& random) {
  std::string name;
  if (below(random, 12) == 0) name = std::string(one_of(random, kFirstSyllables)) + "A ";
  name += one_of(random, kFirstSyllables);
  for (auto middle = below(random, 3); middle-- > 0;) name += one_of(random, kMiddleSyllables);
  return name.append(one_of(random, kLastSyllables));
}

std::string padded(std::size_t number, std::size_t width) {
  const auto digits = std::to_string(number);
  return std::string(width - std::min(width, digits.size()), '0') + digits;
}

/// Lays lots out, block by block.
class Surveyor {
 public:
  Surveyor(std::uint64_t seed, std::vector<std::string>& streets) : random_(seed), streets_(streets) {
    streets_.reserve(CityLots::kStreets);
    name_streets();
    for (const auto& type : kStreetTypes) types_.add(type.lots);
    for (std::size_t i = 0; i < streets_.size(); ++i)
      street_types_.push_back(i == 0 ? std::string_view() : kStreetTypes[types_.draw(random_)].name);
  }

  std::vector<Lot> survey() {
    std::vector<Lot> lots;
    for (std::size_t block = 1; lots.size() < CityLots::kLots; ++block) add_block(block, lots);
    lots.resize(CityLots::kLots);
    for (const auto& known : kKnownLots)
      for (unsigned i = 0; i < known.lots; ++i) lots[below(random_, lots.size())].map_block_lot = known.name;
    std::shuffle(lots.begin(), lots.end(), random_);
    return lots;
  }

 private:
  void name_streets() {
    std::unordered_set<std::string> taken;
    double left = kCityTotal;
    const auto add = [&](std::string name, double lots) {
      if (!taken.insert(name).second) return;
      streets_.push_back(std::move(name));
      weights_.add(lots);
      left -= lots;
    };
    for (const auto& known : kKnownStreets) add(std::string(known.name), known.lots);
    for (unsigned number = 1; number <= 48; ++number) add(numbered_street(number), 900);
    // The others by Zipf's law, the longest about as long as the longest of those known.
    const double scale = left / 4.2;
    while (streets_.size() < CityLots::kStreets)
      add(invented_street(random_), scale / (static_cast<double>(streets_.size()) - 40));
  }

  /// Two rows of lots back to back, a street on each of four sides.
  void add_block(std::size_t block, std::vector<Lot>& lots) {
    const double x = -122.51 + 0.13 * fraction(random_), y = 37.71 + 0.095 * fraction(random_);
    const double width = 6e-5 + 5e-5 * fraction(random_), depth = 3e-4;
    std::size_t sides[4], numbers[4];
    for (auto& side : sides) side = weights_.draw(random_);
    for (auto& number : numbers) number = 100 * below(random_, 1 + below(random_, 45));
    const auto count = 6 + below(random_, 24) + (below(random_, 10) == 0 ? below(random_, 150) : 0);
    std::size_t shared_until = 0, parent = 0;
    for (std::size_t number = 1; number <= count; ++number) {
      auto& lot = lots.emplace_back();
      if (number > shared_until) {
        parent = number;
        const bool flats = below(random_, 40) == 0;
        shared_until = flats ? number + below(random_, 2 + below(random_, 40)) : number;
      }
      name(lot, block, number, parent);
      const auto side = below(random_, 4);
      address(lot, sides[side], numbers[side] + below(random_, 100));
      const auto column = static_cast<double>(number / 2), row = static_cast<double>(number % 2);
      lot.left = x + column * width;
      lot.right = x + (column + 1) * width;
      lot.bottom = y + row * depth;
      lot.top = y + (row + 1) * depth;
      lot.bends = static_cast<unsigned>(below(random_, 5) < 3 ? 0 : below(random_, 1 + below(random_, 38)));
      lot.multi_polygon = below(random_, 1775) == 0;
    }
  }

  static void name(Lot& lot, std::size_t block, std::size_t number, std::size_t parent) {
    lot.block = padded(block, 4);
    lot.lot = padded(number, 3);
    lot.block_lot = lot.block + lot.lot;
    lot.map_block_lot = lot.block + padded(parent, 3);
  }

  void address(Lot& lot, std::size_t street, std::size_t number) {
    lot.street = streets_[street];
    lot.street_type = street_types_[street];
    if (street == 0) number = 0;  // UNKNOWN
    lot.from = std::to_string(number);
    lot.to = std::to_string(number + (number != 0 && below(random_, 5) == 0 ? 2 + 2 * below(random_, 4) : 0));
    lot.even = number % 2 == 0;
  }

  Random random_;
  std::vector<std::string>& streets_;
  std::vector<std::string_view> street_types_;  // by street
  Weighted weights_, types_;
};

void append_corner(std::string& out, const Corner& corner) {
  out +=
      R"({ "x": )" + coordinate_text(corner.x) + R"(, "y": )" + coordinate_text(corner.y) + R"(, "z": 0 })";
}

void append_property(std::string& out, std::string_view name, std::string_view value) {
  out.append("\"").append(name).append("\": \"").append(value).append("\", ");
}

}  // namespace

std::vector<Corner> corners(const Lot& lot) {
  std::vector<Corner> out{{lot.left, lot.bottom}, {lot.left, lot.top}, {lot.right, lot.top}};
  for (unsigned i = 1; i <= lot.bends; ++i) {
    const double along = i / (lot.bends + 1.0);
    out.push_back(
        {lot.right - (lot.right - lot.left) * (i % 2) / 9, lot.top + (lot.bottom - lot.top) * along});
  }
  out.push_back({lot.right, lot.bottom});
  out.push_back(out.front());
  return out;
}

std::string coordinate_text(double value) {
  char buffer[32];
  return {buffer, std::to_chars(buffer, std::end(buffer), value, std::chars_format::general, 15).ptr};
}

std::string to_json(const Lot& lot) {
  std::string out = R"({ "type": "Feature", "properties": { )";
  append_property(out, "MAPBLKLOT", lot.map_block_lot);
  append_property(out, "BLKLOT", lot.block_lot);
  append_property(out, "BLOCK_NUM", lot.block);
  append_property(out, "LOT_NUM", lot.lot);
  append_property(out, "FROM_ST", lot.from);
  append_property(out, "TO_ST", lot.to);
  append_property(out, "STREET", lot.street);
  if (lot.street_type.empty())
    out += R"("ST_TYPE": null, )";
  else
    append_property(out, "ST_TYPE", lot.street_type);
  out += std::string(R"("ODD_EVEN": ")") + (lot.even ? 'E' : 'O') + R"(" }, "geometry": { "type": ")" +
         (lot.multi_polygon ? "MultiPolygon" : "Polygon") + R"(", "coordinates": [ )";
  const auto all = corners(lot);
  for (const auto& corner : all) {
    if (&corner != &all.front()) out += ", ";
    append_corner(out, corner);
  }
  out += R"( ], "firstCoordinates": )";
  append_corner(out, all.front());
  return out + " } }";
}

CityLots::CityLots(std::uint64_t seed) { lots_ = Surveyor(seed, streets_).survey(); }

Event CityLots::event(std::size_t index) const {
  return EventBuilder()
      .set("specversion", "1.0")
      .set("id", "lot-" + std::to_string(index))
      .set("source", "https://city.example/lots")
      .set("type", "example.city.lot.surveyed")
      .set("time", "2026-11-23T18:07:00Z")
      .data(DataKind::json, to_json(lots_.at(index)), JsonNames::plain)  // as the decoder finds them
      .build();
}

}  // namespace signalbox::bench
