#include "support/naive_pattern.hpp"

#include <algorithm>
#include <compare>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "support/naive_value.hpp"

namespace signalbox::test {
namespace {

using Kind = JsonTree::Kind;

// What a pattern asks for.

/// Member names from the top.  One with a dot in it is a literal name; others were split at their dots.
using Path = std::vector<std::string>;

struct Field {
  Path path;
  const JsonTree* list;
};

/// One way through a scope: one branch taken of each `$or`.
struct Way {
  std::size_t depth = 0;  ///< names above the object that is the scope
  std::vector<Field> fields;
  std::vector<Way> branches;                ///< of `$and`: all hold
  std::vector<std::vector<Way>> negations;  ///< of `$not`: none of the ways holds
};

Path split(const std::string& name) {
  Path out(1);
  for (const char c : name)
    if (c == '.')
      out.emplace_back();
    else
      out.back() += c;
  return out;
}

Path below(Path path, const std::string& key) {
  const bool literal = key.size() >= 4 && key.starts_with("['") && key.ends_with("']");
  const auto names = literal ? Path{key.substr(2, key.size() - 4)} : split(key);
  path.insert(path.end(), names.begin(), names.end());
  return path;
}

std::vector<Way> both(const std::vector<Way>& left, const std::vector<Way>& right) {
  std::vector<Way> out;
  for (const auto& l : left)
    for (const auto& r : right) {
      auto& way = out.emplace_back(l);
      way.fields.insert(way.fields.end(), r.fields.begin(), r.fields.end());
      way.branches.insert(way.branches.end(), r.branches.begin(), r.branches.end());
      way.negations.insert(way.negations.end(), r.negations.begin(), r.negations.end());
    }
  return out;
}

std::vector<Way> ways_through(const JsonTree& object, const Path& path);

std::vector<Way> ways_through_scope(const JsonTree& object, const Path& path) {
  auto ways = ways_through(object, path);
  for (auto& way : ways) way.depth = path.size();
  return ways;
}

std::vector<Way> ways_through_or(const JsonTree& list, const Path& path) {
  std::vector<Way> out;
  for (const auto& branch : list.items)
    for (auto& way : ways_through(branch, path)) out.push_back(std::move(way));
  return out;
}

std::vector<Way> ways_through_and(const JsonTree& list, const Path& path) {
  std::vector<Way> out(1);
  for (const auto& branch : list.items) {
    std::vector<Way> ways;
    for (auto& way : ways_through_scope(branch, path)) ways.emplace_back().branches.push_back(std::move(way));
    out = both(out, ways);
  }
  return out;
}

std::vector<Way> ways_through_not(const JsonTree& object, const Path& path) {
  std::vector<Way> out(1);
  out[0].negations.push_back(ways_through_scope(object, path));
  return out;
}

std::vector<Way> ways_through_member(const JsonTree::Member& member, const Path& path) {
  const auto& [key, value] = member;
  if (key == "$or") return ways_through_or(value, path);
  if (key == "$and") return ways_through_and(value, path);
  if (key == "$not") return ways_through_not(value, path);
  const auto deeper = below(path, key);
  if (value.kind == Kind::object) return ways_through(value, deeper);
  std::vector<Way> out(1);
  out[0].fields.push_back({deeper, &value});
  return out;
}

std::vector<Way> ways_through(const JsonTree& object, const Path& path) {
  std::vector<Way> out(1);
  for (const auto& member : object.members) out = both(out, ways_through_member(member, path));
  return out;
}

/// Names joined by dots, in a form whose bytes have the order of UTF-16 units: characters beyond U+FFFF come
/// before those from U+E000 on.
std::string order_key(const Path& path) {
  std::string out;
  for (const auto& name : path)
    for (const char c : (out.empty() ? "" : ".") + name) {
      const auto byte = static_cast<unsigned char>(c);
      out += static_cast<char>(byte == 0xEE || byte == 0xEF ? byte + 0x10 : byte);
    }
  return out;
}

// What an event has.

/// An element around a value: an object or array in an array.
struct Element {
  const JsonTree* array;
  std::size_t index;
  std::size_t depth;  ///< names in the array's path
  auto operator<=>(const Element&) const = default;
};
using Elements = std::vector<Element>;  // outermost first

/// A field's values, those right in the same element together.
using Values = std::map<Elements, std::vector<const JsonTree*>>;

/// How many names of the path, from the one at `from` on, a member's name is; 0: it is another one.
std::size_t names_taken(const Path& path, std::size_t from, const std::string& name) {
  if (from == path.size()) return 0;
  if (path[from] == name) return 1;
  const auto parts = split(name);
  if (parts.size() > path.size() - from) return 0;
  return std::equal(parts.begin(), parts.end(), path.begin() + static_cast<std::ptrdiff_t>(from))
             ? parts.size()
             : 0;
}

void collect(const JsonTree& tree, const Path& path, std::size_t depth, const Elements& around,
             Values& values) {
  if (tree.is_scalar() && depth == path.size()) values[around].push_back(&tree);
  for (const auto& [name, value] : tree.members)
    if (const auto taken = names_taken(path, depth, name))
      collect(value, path, depth + taken, around, values);
  for (std::size_t i = 0; i < tree.items.size(); ++i) {
    auto deeper = around;
    if (!tree.items[i].is_scalar()) deeper.push_back({&tree, i, depth});
    collect(tree.items[i], path, depth, deeper, values);
  }
}

bool accepts_one(const JsonTree& entry, const std::vector<const JsonTree*>& values) {
  return std::any_of(values.begin(), values.end(), [&](auto* value) { return naive_accepts(entry, *value); });
}

bool contains_all(const JsonTree& entries, const std::vector<const JsonTree*>& values) {
  return std::all_of(entries.items.begin(), entries.items.end(),
                     [&](const JsonTree& entry) { return accepts_one(entry, values); });
}

bool equals_set(const JsonTree& entries, const std::vector<const JsonTree*>& values) {
  return contains_all(entries, values) &&
         std::all_of(values.begin(), values.end(), [&](const JsonTree* value) {
           return std::any_of(entries.items.begin(), entries.items.end(),
                              [&](const JsonTree& entry) { return naive_accepts(entry, *value); });
         });
}

bool is_absence(const JsonTree& entry) {
  return entry.kind == Kind::object && entry.members.at(0).name == "exists" &&
         entry.members[0].value.kind == Kind::no;
}

bool entry_accepts(const JsonTree& entry, const std::vector<const JsonTree*>& values) {
  if (is_absence(entry)) return false;
  if (entry.kind == Kind::object) {
    const auto& [name, operand] = entry.members.at(0);
    if (name == "contains-all") return contains_all(operand, values);
    if (name == "equals-set") return equals_set(operand, values);
  }
  return accepts_one(entry, values);
}

bool list_accepts(const JsonTree& list, const std::vector<const JsonTree*>& values) {
  return std::any_of(list.items.begin(), list.items.end(),
                     [&](const JsonTree& entry) { return entry_accepts(entry, values); });
}

// The search.

struct Scope {
  const Scope* around;  ///< null: the pattern's top
  std::size_t depth;    ///< it shares the elements of arrays with at most so many names
};

/// The element chosen of an array in a scope.  An array below a member that a pattern names both by a path
/// and in brackets is two: so many names lead to it, or fewer.
using Choices = std::map<std::tuple<const Scope*, const JsonTree*, std::size_t>, std::size_t>;

/// Chooses these elements for a field in `scope`; nullopt when another one is chosen.
std::optional<Choices> choose(Choices choices, const Scope* scope, const Elements& elements) {
  for (const auto& element : elements) {
    auto owner = scope;
    while (owner->around && element.depth <= owner->depth) owner = owner->around;
    const auto [at, added] = choices.try_emplace({owner, element.array, element.depth}, element.index);
    if (at->second != element.index) return std::nullopt;
  }
  return choices;
}

/// One way through a pattern, as a list of what is to be found, in this order, and what is not.
struct Plan {
  struct Step {
    const JsonTree* list;
    Values values;
    const Scope* scope;
  };
  struct Negation {
    const std::vector<Way>* ways;
    const Scope* scope;
  };
  std::deque<Scope> scopes;
  std::vector<Step> steps;
  std::vector<Negation> negations;
};

class Search {
 public:
  explicit Search(const JsonTree& event) : event_(event) {}

  bool any(const std::vector<Way>& ways, const Scope* around, const Choices& choices) const {
    return std::any_of(ways.begin(), ways.end(), [&](const Way& way) {
      Plan plan;
      add(way, around, plan);
      return from(plan, 0, choices);
    });
  }

 private:
  void add(const Way& way, const Scope* around, Plan& plan) const {
    const auto* scope = &plan.scopes.emplace_back(Scope{around, way.depth});
    auto fields = way.fields;
    std::stable_sort(fields.begin(), fields.end(),
                     [](const Field& a, const Field& b) { return order_key(a.path) < order_key(b.path); });
    for (const auto& field : fields) {
      plan.steps.push_back({field.list, {}, scope});
      collect(event_, field.path, 0, {}, plan.steps.back().values);
    }
    for (const auto& branch : way.branches) add(branch, scope, plan);
    for (const auto& ways : way.negations) plan.negations.push_back({&ways, scope});
  }

  bool from(const Plan& plan, std::size_t index, const Choices& choices) const {
    if (index == plan.steps.size())
      return std::none_of(plan.negations.begin(), plan.negations.end(),
                          [&](const auto& negation) { return any(*negation.ways, negation.scope, choices); });
    const auto after = outcomes(plan.steps[index], choices);
    return std::any_of(after.begin(), after.end(),
                       [&](const Choices& next) { return from(plan, index + 1, next); });
  }

  /// The choices after a field has been matched, in all the ways in which it can be.
  static std::set<Choices> outcomes(const Plan::Step& step, const Choices& choices) {
    std::set<Choices> out;
    bool present = false;
    for (const auto& [elements, values] : step.values) {
      const auto chosen = choose(choices, step.scope, elements);
      if (!chosen) continue;
      present = true;
      if (list_accepts(*step.list, values)) out.insert(*chosen);
    }
    const auto& entries = step.list->items;
    if (!present && std::any_of(entries.begin(), entries.end(), is_absence)) out.insert(choices);
    return out;
  }

  const JsonTree& event_;
};

}  // namespace

bool naive_match(const JsonTree& pattern, const JsonTree& event) {
  return Search(event).any(ways_through(pattern, {}), nullptr, {});
}

}  // namespace signalbox::test
