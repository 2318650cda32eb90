#include "support/random_patterns.hpp"

#include <functional>
#include <set>
#include <utility>
#include <vector>

#include "support/random_vocabulary.hpp"

namespace signalbox::test {
namespace {

/// Entries of lists.
class EntryMaker {
 public:
  EntryMaker(RandomSource& random, PatternLanguage language)
      : random_(random), ours_(language == PatternLanguage::signalbox) {}

  std::string list() {
    std::string out = "[" + entry();
    while (random_.chance(25)) out += "," + entry();
    return out + "]";
  }

 private:
  std::string entry() {
    if (random_.chance(7)) return R"({"exists":false})";
    if (ours_ && random_.chance(10)) {
      const std::string name = random_.chance(50) ? "contains-all" : "equals-set";
      return "{\"" + name + "\":" + entries([this] { return one_value_entry(); }) + "}";
    }
    return one_value_entry();
  }

  std::string one_value_entry() {
    if (random_.chance(45)) return scalar();
    std::string out;
    std::set<std::string> names;
    do {
      const auto [name, operand] = an_operator();
      if (!names.insert(name).second) continue;
      out += (out.empty() ? "{\"" : ",\"") + name + "\":" + operand;
    } while (ours_ && random_.chance(20));
    return out + "}";
  }

  std::pair<std::string, std::string> an_operator() {
    switch (random_.below(ours_ ? 10 : 9)) {
      case 0:
        return {"exactly", text()};
      case 1:
        return {"prefix", random_.chance(30) ? ignore_case() : text()};
      case 2:
        return {"suffix", random_.chance(30) ? ignore_case() : text()};
      case 3:
        return {"equals-ignore-case", text()};
      case 4:
        return {"wildcard", wildcard()};
      case 5:
        return {"numeric", numeric()};
      case 6:
        return {"cidr", network()};
      case 7:
        return {"exists", "true"};
      case 8:
        return {"anything-but", excluded()};
      default:
        return {"regex", regex()};
    }
  }

  std::string excluded() {
    if (random_.chance(60)) return excluded_scalars();
    const auto operand = [this](std::string name, const std::function<std::string()>& one) {
      return "{\"" + name + "\":" + (random_.chance(50) ? one() : entries(one)) + "}";
    };
    switch (random_.below(ours_ ? 7 : 4)) {
      case 0:
        return operand("prefix", [this] { return some_text(); });
      case 1:
        return operand("suffix", [this] { return some_text(); });
      case 2:
        return operand("equals-ignore-case", [this] { return some_text(); });
      case 3:
        return operand("wildcard", [this] { return wildcard(); });
      case 4:
        return operand("regex", [this] { return regex(); });
      case 5:
        return operand("cidr", [this] { return network(); });
      default:
        return "{\"numeric\":" + numeric() + "}";
    }
  }

  std::string excluded_scalars() {
    const bool texts = random_.chance(50);
    const auto one = [this, texts] {
      if (ours_ && random_.chance(50))
        return std::string(random_.one_of({"null", "true", "false", "1", "\"a\""}));
      return texts ? text() : random_comparable_number(random_);
    };
    return random_.chance(50) ? one() : entries(one);
  }

  template <class One>
  std::string entries(const One& one) {
    std::string out = "[" + one();
    while (random_.chance(45)) out += "," + one();
    return out + "]";
  }

  std::string numeric() {
    if (!ours_ || random_.chance(70)) return range();
    return entries([this] { return range(); });
  }

  std::string range() {
    static const std::vector<std::string> ascending{"-7",    "-1.5", "-0", "5e-1", "1",
                                                    "1.5e0", "2.0",  "42", "1E2",  "1e308"};
    const auto low = random_.below(ascending.size());
    const auto high = low + 1 + random_.below(3);
    if (random_.chance(30) || high >= ascending.size())
      return std::string("[\"") + random_.one_of({"=", "<", "<=", ">", ">="}) + "\"," + ascending[low] + "]";
    return std::string("[\"") + random_.one_of({">", ">="}) + "\"," + ascending[low] + ",\"" +
           random_.one_of({"<", "<="}) + "\"," + ascending[high] + "]";
  }

  std::string quoted(std::string_view text) { return random_json_string(random_, text); }
  std::string scalar() { return random_json(random_, random_scalar(random_)); }
  std::string text() { return quoted(random_text(random_)); }
  std::string some_text() {
    const auto text = random_text(random_);
    return quoted(text.empty() ? "a" : text);
  }
  std::string ignore_case() { return R"({"equals-ignore-case":)" + text() + "}"; }
  std::string wildcard() {
    return quoted(random_.one_of(
        {"*", "a*", "*b", "a*c", "*a*", "*é", "\\*", "a\\**", "a\\\\*", "ab", "*.*.0.1", "a*b*c"}));
  }
  std::string network() { return quoted(random_network(random_).cidr); }
  std::string regex() { return quoted(random_regex(random_).expression); }

  RandomSource& random_;
  const bool ours_;
};

/// Objects: names, nesting, `$or`, `$and` and `$not`.
class PatternMaker {
 public:
  PatternMaker(RandomSource& random, PatternLanguage language, PatternTop top)
      : random_(random),
        entries_(random, language),
        ours_(language == PatternLanguage::signalbox),
        top_(top) {}

  std::string pattern() {
    Fields used;
    return object({}, 3, used);
  }

 private:
  using Path = std::vector<std::string>;
  /// The fields given in a scope; none may be given twice.
  using Fields = std::set<Path>;

  std::string object(const Path& path, int depth, Fields& used) {
    std::string out;
    std::set<std::string> keys;
    for (auto members = 1 + random_.below(3); members > 0; --members) {
      const auto member = branching(path, depth, used, keys);
      out += (out.empty() ? "" : ",") + (member.empty() ? field(path, depth, used, keys) : member);
    }
    return "{" + out + "}";
  }

  /// A member that is no field, or "".
  std::string branching(const Path& path, int depth, Fields& used, std::set<std::string>& keys) {
    if (depth == 0 || branchings_left_ == 0 || !random_.chance(ours_ ? 30 : 15)) return "";
    const std::string key = ours_ ? random_.one_of({"$or", "$and", "$not"}) : "$or";
    if (!keys.insert(key).second) return "";
    --branchings_left_;
    Fields fresh;
    if (key == "$not") return "\"$not\":" + object(path, depth - 1, fresh);
    std::string out;
    const auto before = used;
    for (auto branches = (key == "$or" ? 2 : 1) + random_.below(2); branches > 0; --branches) {
      auto fields = key == "$or" ? before : Fields();
      out += (out.empty() ? "" : ",") + object(path, depth - 1, fields);
      if (key == "$or") used.insert(fields.begin(), fields.end());
    }
    return "\"" + key + "\":[" + out + "]";
  }

  std::string field(const Path& path, int depth, Fields& used, std::set<std::string>& keys) {
    const bool attributes = path.empty() && top_ == PatternTop::event;
    while (true) {
      const auto [key, names] = attributes ? attribute_key() : any_key();
      auto deeper = path;
      deeper.insert(deeper.end(), names.begin(), names.end());
      const bool nested =
          attributes ? names[0] == "data" && random_.chance(90) : depth > 0 && random_.chance(45);
      if (keys.contains(key) || (!nested && !used.insert(deeper).second)) continue;
      keys.insert(key);
      return random_json_string(random_, key) + ":" +
             (nested ? object(deeper, attributes ? depth : depth - 1, used) : entries_.list());
    }
  }

  struct Key {
    std::string key;
    Path names;
  };

  Key attribute_key() {
    auto name = random_.chance(55) ? "data" : random_attribute(random_);
    if (random_.chance(2)) name = "x" + new_number();
    return {ours_ && random_.chance(8) ? "['" + name + "']" : name, {name}};
  }

  Key any_key() {
    if (ours_ && random_.chance(10)) {
      const auto name = random_literal_name(random_);
      return {"['" + name + "']", {name}};
    }
    auto first = random_name(random_);
    if (random_.chance(2))
      first += std::to_string(random_.below(1000));  // so that a new name is found in the end
    if (random_.chance(85)) return {first, {first}};
    const auto second = random_name(random_);
    return {first + "." + second, {first, second}};
  }

  /// For names that are not used yet, so that one is found in the end.
  std::string new_number() { return std::to_string(random_.below(1000)); }

  RandomSource& random_;
  EntryMaker entries_;
  const bool ours_;
  const PatternTop top_;
  int branchings_left_ = 5;  // so that the ways through the pattern stay few
};

std::string random_test(RandomSource& random, int depth) {
  const auto kind = random.below(depth > 0 ? 7 : 4);
  if (kind < 3) {
    const std::string dialect = random.one_of({"exact", "prefix", "suffix"});
    auto text = random_text(random);
    if (text.empty()) text = "a";
    return "{\"" + dialect + "\":{\"" + random_attribute(random) + "\":" + random_json_string(random, text) +
           "}}";
  }
  if (kind == 3) return R"({"sql":)" + to_json_string(random_cesql(random)) + "}";
  if (kind == 4) return R"({"not":)" + random_test(random, depth - 1) + "}";
  return (kind == 5 ? R"({"all":[)" : R"({"any":[)") + random_test(random, depth - 1) + "," +
         random_test(random, depth - 1) + "]}";
}

std::string random_sql(RandomSource& random, int depth) {
  const auto name = random_attribute(random);
  switch (random.below(depth > 0 ? 9 : 5)) {
    case 0:
      return name + " = '" + random.one_of({"a", "b", "ab", "1", "true", "10.0.0.1"}) + "'";
    case 1:
      return name + " LIKE '" + random.one_of({"a%", "%b", "_", "%"}) + "'";
    case 2:
      return name + " IN ('a', 'b', '42')";
    case 3:
      return "EXISTS " + name;
    case 4:
      return random.one_of({"size > 0", "size + 1 = 2", "urgent", "LENGTH(type) > 1", "type != source"});
    case 5:
      return "NOT (" + random_sql(random, depth - 1) + ")";
    default:
      return "(" + random_sql(random, depth - 1) + ") " + random.one_of({"AND", "OR", "XOR"}) + " (" +
             random_sql(random, depth - 1) + ")";
  }
}

}  // namespace

std::string random_pattern(RandomSource& random, PatternLanguage language, PatternTop top) {
  return PatternMaker(random, language, top).pattern();
}

std::string random_list(RandomSource& random, PatternLanguage language) {
  return EntryMaker(random, language).list();
}

std::string random_filters(RandomSource& random) {
  std::string out = "[" + random_test(random, 2);
  if (random.chance(30)) out += "," + random_test(random, 1);
  return out + "]";
}

std::string random_cesql(RandomSource& random) { return random_sql(random, 2); }

}  // namespace signalbox::test
