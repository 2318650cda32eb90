#include "bench/city_rules.hpp"

#include <algorithm>
#include <cassert>
#include <cctype>
#include <random>
#include <unordered_set>

namespace signalbox::bench {
namespace {

using Texts = std::vector<std::string>;

std::string quoted(std::string_view text) { return '"' + std::string(text) + '"'; }
/// An entry with one operator: {"prefix":"AC"}.
std::string entry(std::string_view name, std::string_view operand) {
  return "{" + quoted(name) + ":" + std::string(operand) + "}";
}
/// A member: "STREET":[entry].
std::string field(std::string_view name, std::string_view entries) {
  return quoted(name) + ":[" + std::string(entries) + "]";
}
std::string below(std::string_view object, std::string_view members) {
  return R"({"data":{)" + quoted(object) + ":{" + std::string(members) + "}}}";
}
std::string properties(std::string_view members) { return below("properties", members); }
std::string geometry(std::string_view members) { return below("geometry", members); }
std::string first_corner(std::string_view members) {
  return R"("firstCoordinates":{)" + std::string(members) + "}";
}
std::string corner(std::string_view members) { return R"("coordinates":{)" + std::string(members) + "}"; }
std::string numeric(std::string_view tests) { return entry("numeric", "[" + std::string(tests) + "]"); }
std::string equal_to(double number) { return numeric(R"("=",)" + coordinate_text(number)); }

/// One rule for each operand.
Texts each_of(std::string_view name, std::string_view op, std::initializer_list<std::string_view> operands) {
  Texts texts;
  for (const auto operand : operands)
    texts.push_back(properties(field(name, op.empty() ? quoted(operand) : entry(op, quoted(operand)))));
  return texts;
}

Texts equals_ignore_case() {
  auto texts = each_of("STREET", "equals-ignore-case", {"jefferson", "bEaCh", "HyDe", "CHESTNUT"});
  texts.push_back(properties(field("ST_TYPE", R"({"equals-ignore-case":"st"})")));
  return texts;
}

Texts anything_but() {
  const auto but = [](std::string_view value) { return entry("anything-but", "[" + quoted(value) + "]"); };
  return {properties(field("STREET", but("FULTON"))), properties(field("STREET", but("MASON"))),
          properties(field("ST_TYPE", but("ST"))), geometry(field("type", but("Polygon"))),
          properties(field("FROM_ST", but("441")))};
}

Texts numbers(const CityLots& city) {
  const auto x = [](std::string_view tests) { return first_corner(field("x", tests)); };
  return {geometry(field("type", quoted("Polygon")) + "," + x(equal_to(corners(city.lots()[7]).front().x))),
          geometry(field("type", quoted("MultiPolygon")) + "," + first_corner(field("z", equal_to(0)))),
          geometry(x(numeric(R"("<",-122.41600944012)"))), geometry(x(numeric(R"(">",-122.41600944012)"))),
          geometry(x(numeric(R"(">",-122.46471267081,"<",-122.40630851284)")))};
}

/// x and y of the same corner.
Texts arrays(const CityLots& city) {
  const auto xy = [](std::string_view x, std::string_view y) {
    return corner(field("x", x) + "," + field("y", y));
  };
  const auto here = corners(city.lots()[7])[2], there = corners(city.lots()[8])[1];
  return {geometry(field("type", quoted("Polygon")) + "," + xy(equal_to(here.x), equal_to(here.y))),
          geometry(field("type", quoted("MultiPolygon")) + "," +
                   xy(numeric(R"("<",-122.45)"), equal_to(there.y))),
          geometry(xy(numeric(R"("<",-122.41600944012)"), numeric(R"(">",37.74)"))),
          geometry(xy(numeric(R"(">",-122.41600944012)"), numeric(R"("<",37.76)"))),
          geometry(xy(numeric(R"(">",-122.46471267081,"<",-122.40630851284)"),
                      numeric(R"(">",37.73,"<",37.77)")))};
}

/// The kinds that have no scenario of their own.
Texts other_kinds() {
  return {properties(field("ST_TYPE", R"({"exists":true})")),
          properties(field("OWNER", R"({"exists":false})") + "," + field("STREET", quoted("HYDE"))),
          properties(R"("$or":[{"STREET":["IRVING"]},{"FROM_ST":["441"]}])"),
          properties(field("MAPBLKLOT", quoted("3745012")) + "," + field("ODD_EVEN", R"("E","O")")),
          R"({"type":[{"prefix":"example.city."}],"source":["https://city.example/parks"]})"};
}

Texts few(std::string_view name, const CityLots& city) {
  if (name == "exact")
    return each_of("MAPBLKLOT", "", {"1430022", "2607117", "2607218", "3745012", "VACSTWIL"});
  if (name == "wildcard")
    return each_of("MAPBLKLOT", "wildcard", {"143*", "2*0*1*7", "*218", "3*5*2", "VAC*IL"});
  if (name == "prefix") return each_of("STREET", "prefix", {"AC", "BL", "DR", "FU", "RH"});
  if (name == "suffix") return each_of("STREET", "suffix", {"ON", "KE", "MM", "ING", "GO"});
  if (name == "equals-ignore-case") return equals_ignore_case();
  if (name == "anything-but") return anything_but();
  if (name == "numeric") return numbers(city);
  if (name == "arrays of objects") return arrays(city);
  return {};
}

constexpr std::string_view kKinds[] = {"exact",   "wildcard",           "prefix",
                                       "suffix",  "equals-ignore-case", "anything-but",
                                       "numeric", "arrays of objects"};

Texts all_kinds(const CityLots& city) {
  Texts all = other_kinds();
  for (const auto kind : kKinds)
    for (auto& text : few(kind, city)) all.push_back(std::move(text));
  return all;
}

/// Writes rules of two fields that a given lot satisfies, of one kind after the other.
class PairWriter {
 public:
  std::string two_exact(const Lot& lot) {
    return turn_++ % 2 == 0 ? exact(lot)
                            : properties(field("MAPBLKLOT", quoted(lot.map_block_lot)) + "," + odd_even(lot));
  }
  std::string prefix_and_exact(const Lot& lot) {
    return turn_++ % 2 == 0 ? properties(street_prefix(lot) + "," + number(lot)) : lot_prefix(lot);
  }
  std::string mixed(const Lot& lot) { return kind(turn_++ % 6, lot); }
  std::string mixed_more(const Lot& lot) { return kind(turn_++ % 9, lot); }

 private:
  std::string kind(std::size_t which, const Lot& lot) {
    switch (which) {
      case 0:
        return exact(lot);
      case 1:
        return lot_prefix(lot);
      case 2:  // such as 2607*7
        return properties(field("BLKLOT", entry("wildcard", quoted(lot.block + "*" + lot.block_lot.back()))) +
                          "," + street_prefix(lot));
      case 3:
        return properties(field("STREET", entry("equals-ignore-case", quoted(in_some_case(lot.street)))) +
                          "," + number(lot));
      case 4:
        return properties(field("STREET", entry("anything-but", R"(["UNKNOWN","MASON"])")) + "," +
                          field("MAPBLKLOT", entry("prefix", quoted(lot.map_block_lot.substr(0, 6)))));
      case 5:
        return properties(field("ST_TYPE", R"({"exists":true})") + "," +
                          field("BLKLOT", quoted(lot.block_lot)));
      case 6:
        return properties(field("STREET", entry("suffix", quoted(end_of(lot.street, 2 + random_() % 3)))) +
                          "," + number(lot));
      case 7:
        return near_and_street(lot);
      default:
        return properties(R"("$or":[{)" + field("TO_ST", quoted(lot.to)) + "," + street(lot) + "},{" +
                          field("BLKLOT", quoted(lot.block_lot)) + "," + odd_even(lot) + "}]");
    }
  }

  static std::string street(const Lot& lot) { return field("STREET", quoted(lot.street)); }
  static std::string number(const Lot& lot) { return field("FROM_ST", quoted(lot.from)); }
  static std::string odd_even(const Lot& lot) { return field("ODD_EVEN", lot.even ? R"("E")" : R"("O")"); }
  static std::string exact(const Lot& lot) { return properties(street(lot) + "," + number(lot)); }
  std::string street_prefix(const Lot& lot) {
    return field("STREET", entry("prefix", quoted(lot.street.substr(0, 2 + random_() % 4))));
  }
  std::string lot_prefix(const Lot& lot) {
    const auto prefix = lot.map_block_lot.substr(0, 5 + random_() % 2);
    return properties(field("MAPBLKLOT", entry("prefix", quoted(prefix))) + "," + street(lot));
  }
  /// Some ten to a hundred metres around the first corner.
  std::string near_and_street(const Lot& lot) {
    const double around = 1e-4 * static_cast<double>(1 + random_() % 10);
    return R"({"data":{"geometry":{)" +
           first_corner(field("x", numeric(R"(">",)" + coordinate_text(lot.left - around) + R"(,"<",)" +
                                           coordinate_text(lot.left + around)))) +
           R"(},"properties":{)" + street(lot) + "}}}";
  }
  static std::string_view end_of(std::string_view text, std::size_t count) {
    return text.substr(text.size() - std::min(count, text.size()));
  }
  std::string in_some_case(std::string_view text) {
    std::string out;
    for (const char c : text)
      out += random_() % 2 ? static_cast<char>(std::tolower(static_cast<unsigned char>(c))) : c;
    return out;
  }

  std::size_t turn_ = 0;
  std::mt19937_64 random_{7};
};

using PairKind = std::string (PairWriter::*)(const Lot&);

struct PairRow {
  std::string_view name;
  PairKind write;
  Scenario::Looks looks;
  Peers peers[4];  // with as many rules as kCounts says
};
constexpr std::size_t kCounts[] = {10, 1'000, 10'000, 100'000};
constexpr auto kProperties = Scenario::Looks::at_properties, kGeometry = Scenario::Looks::at_geometry;

constexpr PairRow kPairs[] = {{"2-field exact",
                               &PairWriter::two_exact,
                               kProperties,
                               {{377e3, 1611e3}, {353e3, 1335e3}, {231e3, 581e3}, {127e3, 82e3}}},
                              {"prefix + exact",
                               &PairWriter::prefix_and_exact,
                               kProperties,
                               {{401e3, 1615e3}, {337e3, 1300e3}, {236e3, 414e3}, {116e3, 38e3}}},
                              {"mixed kinds",
                               &PairWriter::mixed,
                               kProperties,
                               {{321e3, 1199e3}, {246e3, 826e3}, {150e3, 253e3}, {25e3, 25e3}}},
                              {"mixed with suffix, numeric, $or",
                               &PairWriter::mixed_more,
                               kGeometry,
                               {{300e3, 0}, {176e3, 0}, {96e3, 0}, {15e3, 0}}}};

/// Distinct rules for lots from all over the city, so that some match some events.  A lot whose rule is there
/// already is passed over.
Texts pairs(PairKind write, std::size_t count, const CityLots& city) {
  PairWriter writer;
  std::unordered_set<std::string> taken;
  Texts texts;
  for (std::size_t at = 0; texts.size() < count; ++at) {
    assert(at < 50 * CityLots::kLots);
    auto text = (writer.*write)(city.lots()[lot_of_rule(at)]);
    if (taken.insert(text).second) texts.push_back(std::move(text));
  }
  return texts;
}

Texts texts_of(const Scenario& scenario, const CityLots& city) {
  for (const auto& row : kPairs)
    if (row.name == scenario.name) return pairs(row.write, scenario.rules, city);
  return scenario.name == "all kinds together" ? all_kinds(city) : few(scenario.name, city);
}

}  // namespace

std::vector<Scenario> scenarios() {
  std::vector<Scenario> all{{"exact", 5, kProperties, {429e3, 2063e3}},
                            {"wildcard", 5, kProperties, {317e3, 1770e3}},
                            {"prefix", 5, kProperties, {406e3, 1773e3}},
                            {"suffix", 5, kProperties, {405e3, 0}},
                            {"equals-ignore-case", 5, kProperties, {359e3, 1389e3}},
                            {"anything-but", 5, kProperties, {241e3, 561e3}},
                            {"numeric", 5, kGeometry, {223e3, 0}},
                            {"arrays of objects", 5, kGeometry, {51.5e3, 0}},
                            {"all kinds together", 45, kGeometry, {30.4e3, 0}}};
  for (const auto& row : kPairs)
    for (std::size_t i = 0; i < std::size(kCounts); ++i)
      all.push_back({row.name, kCounts[i], row.looks, row.peers[i]});
  return all;
}

std::vector<pipeline::FilterSpec> specs(const Scenario& scenario, const CityLots& city) {
  std::vector<pipeline::FilterSpec> out;
  for (auto& text : texts_of(scenario, city))
    out.push_back({pipeline::FilterSpec::Kind::pattern, std::move(text)});
  assert(out.size() == scenario.rules);
  return out;
}

std::size_t lot_of_rule(std::size_t rule) {
  constexpr std::size_t kStride = 7919;  // a prime that does not divide the number of lots
  return rule * kStride % CityLots::kLots;
}

pipeline::FilterSpec rule_at_the_end() {
  return {pipeline::FilterSpec::Kind::pattern, geometry(first_corner(field("z", "1")))};
}

}  // namespace signalbox::bench
