#include <algorithm>
#include <array>
#include <set>

#include "base/nearest_name.hpp"
#include "base/config_path.hpp"
#include "pipeline/condition_parser.hpp"
#include "pipeline/field_path.hpp"
#include "pipeline/pattern.hpp"
#include "pipeline/pattern_reader.hpp"
#include "pipeline/utf8.hpp"

namespace signalbox::pipeline {
namespace {

using PatternKind = PatternNode::Kind;

constexpr std::array<std::string_view, 3> kKeywords{"$or", "$and", "$not"};

/// Names that may not be fields inside `$or`, so that an operator put there by mistake shows.
constexpr std::array<std::string_view, 24> kReservedInOr{"exactly",
                                                         "equals-ignore-case",
                                                         "prefix",
                                                         "suffix",
                                                         "anything-but",
                                                         "exists",
                                                         "wildcard",
                                                         "numeric",
                                                         "cidr",
                                                         "=",
                                                         "<",
                                                         "<=",
                                                         ">",
                                                         ">=",
                                                         "regex",
                                                         "not-wildcard",
                                                         "not-equals-ignore-case",
                                                         "date-after",
                                                         "date-on-or-after",
                                                         "date-before",
                                                         "date-on-or-before",
                                                         "in-date-range",
                                                         "ip-address-in-range",
                                                         "ip-address-not-in-range"};
/// More of them, which event-ruler does not know.
constexpr std::array<std::string_view, 2> kReservedInOrHere{"contains-all", "equals-set"};

template <class Names>
bool contains(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

class Parser {
 public:
  Parser(std::string_view text, PatternReading reading, OrMeans or_means)
      : reader_(text, reading, or_means), conditions_(reader_) {}

  Result<PatternNode> parse() {
    PatternNode root;
    const bool read = (reader_.next() == JsonToken::object || reader_.refuse("a pattern is a JSON object")) &&
                      members(root, Place{}) && reader_.next() == JsonToken::end;
    if (!read) return Error(Errc::invalid_argument, to_valid_utf8(reader_.fault()));
    return root;
  }

 private:
  /// Where an object stands.
  struct Place {
    const std::string* path = nullptr;  // none at the top
    bool in_or = false;

    std::size_t depth() const { return path ? count_path_names(*path) : 0; }
    std::string path_of(std::string_view names) const {
      return path ? (*path + '.').append(names) : std::string(names);
    }
  };

  /// The members of an object just begun.
  bool members(PatternNode& into, const Place& place) {
    std::set<std::string, std::less<>> seen;
    bool any = false;
    while (reader_.next() == JsonToken::name) {
      any = true;
      const std::string name(reader_.text());
      PatternReader::Within within(reader_, name);
      if (reader_.strict() && !seen.insert(name).second) return reader_.refuse("given twice");
      if (!member(into, place, name)) return false;
    }
    if (reader_.token() != JsonToken::object_end) return false;
    return any || reader_.refuse("an empty object matches nothing; name a field, or leave it out");
  }

  bool member(PatternNode& into, const Place& place, const std::string& name) {
    if (name == "$or" && !reader_.old()) return any_of(into, place);
    if (!reader_.strict()) return named(into, place, name, to_path_names(name));
    if (name == "$and") return each_of(into, place);
    if (name == "$not") return none_of(into, place);
    if (name.starts_with('$')) return refuse_keyword(name);
    if (name.size() >= 4 && name.starts_with("['") && name.ends_with("']"))
      return value(into, place, to_path_name(std::string_view(name).substr(2, name.size() - 4)));
    return named(into, place, name, to_path_names(name));
  }

  bool refuse_keyword(std::string_view name) {
    auto why = base::in_quotes(name) + " is unknown; there are $or, $and and $not";
    const auto nearest = base::nearest_name(name, kKeywords);
    why += nearest.empty() ? "." : "; did you mean " + base::in_quotes(nearest) + "?";
    return reader_.refuse(why + " A field of that name is written " +
                          base::in_quotes("['" + std::string(name) + "']"));
  }

  /// A field or an object by a name that is not escaped.
  bool named(PatternNode& into, const Place& place, std::string_view name, const std::string& names) {
    const bool reserved =
        contains(kReservedInOr, name) || (reader_.strict() && contains(kReservedInOrHere, name));
    if (place.in_or && reserved)
      return reader_.refuse(base::in_quotes(name) +
                            " cannot be a field inside \"$or\"; an operator stands in a field's list, as in "
                            "\"$or\":[{\"field\":[{\"prefix\":\"x\"}]},...]");
    return value(into, place, names);
  }

  bool value(PatternNode& into, const Place& place, const std::string& names) {
    auto below = place.path_of(names);
    switch (reader_.next()) {
      case JsonToken::object:
        return members(into, Place{&below, place.in_or});
      case JsonToken::array: {
        PatternNode field{PatternKind::field, std::move(below), reader_.pointer()};
        if (!conditions_.list(field.conditions)) return false;
        into.children.push_back(std::move(field));
        return true;
      }
      case JsonToken::fault:
        return false;
      default:
        return reader_.refuse("must be a list of values, as in [\"x\"], or an object with fields");
    }
  }

  bool any_of(PatternNode& into, const Place& place) {
    if (reader_.next() != JsonToken::array)
      return reader_.refuse("\"$or\" is a list of at least two objects");
    PatternNode node{PatternKind::any_of, {}, reader_.pointer()};
    if (!branches(node, Place{place.path, true}, "\"$or\" is a list of objects, each with fields"))
      return false;
    if (node.children.size() < 2) return reader_.refuse("\"$or\" needs at least two objects");
    into.children.push_back(std::move(node));
    return true;
  }

  bool each_of(PatternNode& into, const Place& place) {
    if (reader_.next() != JsonToken::array) return reader_.refuse("\"$and\" is a list of objects");
    PatternNode node{PatternKind::each_of, {}, reader_.pointer()};
    node.depth = place.depth();
    if (!branches(node, place, "\"$and\" is a list of objects, each with fields")) return false;
    if (node.children.empty()) return reader_.refuse("\"$and\" needs at least one object");
    into.children.push_back(std::move(node));
    return true;
  }

  bool none_of(PatternNode& into, const Place& place) {
    if (reader_.next() != JsonToken::object) return reader_.refuse("\"$not\" is an object with fields");
    PatternNode node{PatternKind::none_of, {}, reader_.pointer()};
    node.depth = place.depth();
    PatternNode object{PatternKind::all_of, {}, reader_.pointer()};
    if (!members(object, place)) return false;
    node.children.push_back(std::move(object));
    into.children.push_back(std::move(node));
    return true;
  }

  /// The objects of a list just begun.
  bool branches(PatternNode& into, const Place& place, const char* what) {
    while (reader_.next() != JsonToken::array_end) {
      PatternReader::Within within(reader_, std::to_string(into.children.size()));
      if (reader_.token() != JsonToken::object) return reader_.refuse(what);
      PatternNode branch{PatternKind::all_of, {}, reader_.pointer()};
      if (!members(branch, place)) return false;
      into.children.push_back(std::move(branch));
    }
    return true;
  }

  PatternReader reader_;
  ConditionParser conditions_;
};

}  // namespace

Result<PatternNode> parse_pattern(std::string_view text, PatternReading reading) {
  if (text.size() > kPatternBytesMax)
    return Error(Errc::too_large, "a pattern has at most " + std::to_string(kPatternBytesMax) + " bytes");
  auto pattern = Parser(text, reading, OrMeans::alternatives).parse();
  if (pattern || reading == PatternReading::strict) return pattern;
  auto old = Parser(text, reading, OrMeans::field_name).parse();
  return old ? std::move(old) : std::move(pattern);
}

}  // namespace signalbox::pipeline
