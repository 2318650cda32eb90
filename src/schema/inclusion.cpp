#include "schema/inclusion.hpp"

#include <algorithm>
#include <array>

#include "event/characters.hpp"
#include "schema/fault_text.hpp"

namespace signalbox::schema {
namespace {

constexpr unsigned kComparedDepthMax = 200;
constexpr std::size_t kDecidedMax = 4;  // alternatives gone through within each other
constexpr std::size_t kDifferencesMax = 1000;
constexpr std::size_t kShownConstants = 8;
constexpr std::size_t kShownBytes = 64;

constexpr std::array<Atoms, 6> kKinds{kNull, kBoolean, kNumbers, kString, kArray, kObject};

/// Values of the kinds that have few.
std::vector<std::string_view> all_of_kind(Atoms kind) {
  if (kind == kNull) return {"null"};
  if (kind == kBoolean) return {"true", "false"};
  return {};
}

/// "null and strings".
std::string describe(Atoms atoms) {
  constexpr std::array<std::pair<Atoms, const char*>, 7> kWords{{{kNull, "null"},
                                                                 {kBoolean, "true and false"},
                                                                 {kInteger, "integers"},
                                                                 {kNumber, "numbers with a fraction"},
                                                                 {kString, "strings"},
                                                                 {kArray, "arrays"},
                                                                 {kObject, "objects"}}};
  std::vector<std::string> words;
  for (const auto& [atom, word] : kWords) {
    if (!(atoms & atom)) continue;
    const bool both = (atoms & kNumbers) == kNumbers;
    if (both && atom == kNumber) continue;
    words.emplace_back(both && atom == kInteger ? "numbers" : word);
  }
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i)
    out += (i == 0 ? "" : i + 1 == words.size() ? " and " : ", ") + words[i];
  return out;
}

std::string cut(std::string text) {
  text = to_printable(text);
  if (text.size() <= kShownBytes) return text;
  auto end = kShownBytes;
  while (end > 0 && event::continues_character(text[end])) --end;
  return text.substr(0, end) + "...";
}

/// The constants that a set's values are among: of the subschema that lists fewest.
std::optional<Range> constants_among(const ComparedProgram& program, const Facts& facts) {
  std::optional<Range> fewest;
  for (const auto id : facts.nodes)
    program.each(id, Group::any, [&](const Instruction& instruction, std::uint32_t) {
      Range range;
      if (instruction.op == Op::constant)
        range = {instruction.a, 1};
      else if (instruction.op == Op::one_of_constants)
        range = program.program().choices[instruction.a].constants;
      else
        return;
      if (!fewest || range.count < fewest->count) fewest = range;
    });
  return fewest;
}

/// Whether some term is known to refuse a value.
bool refuses(ComparedProgram& program, const std::vector<NodeId>& terms, std::string_view json) {
  return std::any_of(terms.begin(), terms.end(),
                     [&](NodeId term) { return program.fits(term, json) == std::optional(false); });
}

}  // namespace

Inclusion::Inclusion(const Program& writer, const Program& reader, Names names, ComparisonBudget& budget)
    : writer_(writer, budget),
      reader_(reader, budget),
      names_(std::move(names)),
      budget_(budget),
      equality_(writer_, reader_, budget) {}

Inclusion::~Inclusion() = default;

Inclusion& Inclusion::reversed() {
  if (!reversed_) {
    reversed_ = std::make_unique<Inclusion>(reader_.program(), writer_.program(), names_, budget_);
    reversed_->quiet_ = 1;
  }
  return *reversed_;
}

void Inclusion::add(bool undecided, NodeId writer, NodeId reader, std::string_view keyword,
                    std::string message) {
  if (differences_.size() >= kDifferencesMax) return;
  const auto pointer = [](const ComparedProgram& side, NodeId id) {
    return to_pointer(side.program().locations, side.node(id).location);
  };
  Difference difference{undecided, pointer(writer_, writer), pointer(reader_, reader), std::move(message)};
  if (!keyword.empty()) (difference.reader_pointer += '/') += keyword;
  const bool known = std::any_of(differences_.begin(), differences_.end(), [&](const Difference& other) {
    return other.reader_pointer == difference.reader_pointer && other.message == difference.message;
  });
  if (!known) differences_.push_back(std::move(difference));
}

bool Inclusion::prove() {
  ValueSet all;
  all.add(0);
  return prove(all, 0);
}

bool Inclusion::prove(const ValueSet& values, NodeId reader) {
  if (!budget_.spend(1 + static_cast<std::int64_t>(values.terms.size() / 8))) return false;
  if (reader_.accepts_all(reader)) return true;
  if (budget_.depth >= kComparedDepthMax)
    return give_up(values.near, reader, "", [] { return "is nested too deeply to be compared"; });
  const auto [goal, added] = taken_.insert({values.terms, values.atoms, values.decided, reader});
  if (!added) return true;
  const auto mark = trail_.size();
  trail_.push_back(goal);
  ++budget_.depth;
  const bool shown = prove_goal(values, reader);
  --budget_.depth;
  if (shown) return true;
  for (; trail_.size() > mark; trail_.pop_back()) taken_.erase(trail_.back());
  return false;
}

bool Inclusion::prove_goal(const ValueSet& values, NodeId reader) {
  auto facts = writer_.facts_of(values);
  if (writer_.possible(facts) == 0) return true;
  for (const auto node : facts.nodes)
    if (equality_.equal(node, reader)) return true;
  if (const auto shown = prove_constants(values, facts, reader)) return *shown;
  const auto rest = values.limited_to(kinds_to_show(values, facts, reader));
  if (rest.atoms == 0) return true;
  facts.atoms = rest.atoms;
  if (facts.splits.empty() || values.decided.size() >= kDecidedMax)
    return prove_keywords(rest, facts, reader);
  if (attempt([&] { return prove_keywords(rest, facts, reader); })) return true;
  return prove_cases(rest, facts.splits.front(), reader);
}

bool Inclusion::prove_cases(const ValueSet& values, const Split& split, NodeId reader) {
  bool shown = true;
  for (std::size_t i = 0; i < split.alternatives.size(); ++i) {
    const auto one = with_alternative(values, split, i);
    if (prove(one, reader)) continue;
    shown = false;
    if (quiet_ > 0) return false;
  }
  return shown;
}

/// Of few values each is tried.  nullopt: they are many.
std::optional<bool> Inclusion::prove_constants(const ValueSet& values, const Facts& facts, NodeId reader) {
  const auto constants = constants_among(writer_, facts);
  if (!constants) return std::nullopt;
  const auto& program = writer_.program();
  std::vector<std::string> refused;
  bool unknown = false;
  for (auto i = constants->first; i < constants->first + constants->count; ++i) {
    const auto at = program.constants[i];
    if (!budget_.spend()) return false;
    if (!(atom_of(program.constants_tape, at) & facts.atoms)) continue;
    const auto json = program.constants_tape.json_of(at);
    if (refuses(writer_, values.terms, json)) continue;
    const auto fits = reader_.fits(reader, json);
    if (fits == std::optional(true)) continue;
    if (quiet_ > 0) return false;
    if (fits)
      refused.push_back(cut(json));
    else
      unknown = true;
  }
  if (refused.empty() && !unknown) return true;
  if (refused.empty())
    return give_up(values.near, reader, "", [&] {
      return "cannot be shown to be compatible: not all of the values that " + names_.writer +
             " lists can be checked";
    });
  return differ(values.near, reader, "", [&] {
    std::string list;
    for (std::size_t i = 0; i < std::min(refused.size(), kShownConstants); ++i)
      list += (i ? ", " : "") + refused[i];
    if (refused.size() > kShownConstants)
      list += " and " + std::to_string(refused.size() - kShownConstants) + " more";
    return names_.writer + " allows " + list + ", " + names_.reader_again + " does not";
  });
}

/// The kinds of values for which there is something left to show.
Atoms Inclusion::kinds_to_show(const ValueSet& values, const Facts& facts, NodeId reader) {
  unsigned kinds = writer_.possible(facts);
  for (const Atoms kind : {kNull, kBoolean}) {
    if (!(kinds & kind)) continue;
    const auto texts = all_of_kind(kind);
    if (std::all_of(texts.begin(), texts.end(), [&](auto text) {
          return reader_.fits(reader, text) == std::optional(true) || refuses(writer_, values.terms, text);
        }))
      kinds &= ~unsigned{kind};
  }
  return static_cast<Atoms>(kinds);
}

bool Inclusion::prove_keywords(const ValueSet& values, const Facts& facts, NodeId reader) {
  const auto allowed = atoms_of(reader_.node(reader));
  bool shown = (values.atoms & ~unsigned{allowed}) == 0 ||
               prove_types(values, values.atoms & ~unsigned{allowed} & kAllTypes, reader);
  const auto rest = values.limited_to(allowed);
  auto rest_facts = facts;
  rest_facts.atoms = rest.atoms;
  if (rest.atoms == 0) return shown;
  const auto go_on = [&] { return shown || quiet_ == 0; };
  reader_.each(reader, Group::any, [&](const Instruction& instruction, std::uint32_t) {
    if (go_on()) shown = prove_any(rest, rest_facts, reader, instruction) && shown;
  });
  if ((rest.atoms & kNumbers) && go_on()) shown = prove_numbers(rest, rest_facts, reader) && shown;
  if ((rest.atoms & kString) && go_on()) shown = prove_strings(rest, rest_facts, reader) && shown;
  if ((rest.atoms & kArray) && go_on()) shown = prove_arrays(rest, rest_facts, reader) && shown;
  if ((rest.atoms & kObject) && go_on()) shown = prove_objects(rest, rest_facts, reader) && shown;
  return shown;
}

bool Inclusion::prove_types(const ValueSet& values, Atoms atoms, NodeId reader) {
  return differ(values.near, reader, reader_.accepts_nothing(reader) ? "" : "type", [&] {
    if (atoms == kAllTypes)
      return names_.writer + " allows anything here, " + names_.reader_again + " nothing";
    return names_.writer + " allows " + describe(atoms) + ", " + names_.reader_again + " does not";
  });
}

bool Inclusion::prove_any(const ValueSet& values, const Facts& facts, NodeId reader,
                          const Instruction& instruction) {
  const auto& list = reader_.program().list;
  switch (instruction.op) {
    case Op::constant:
    case Op::one_of_constants:
      return differ(values.near, reader, instruction.op == Op::constant ? "const" : "enum", [&] {
        return names_.reader + " allows certain values only, " + names_.writer_again + " others, too";
      });
    case Op::ref:
      return prove(values, instruction.a);
    case Op::dynamic_ref: {
      const auto target = reader_.static_target(instruction);
      if (target != kNoNode) return prove(values, target);
      return give_up(values.near, reader, "$dynamicRef", [] {
        return "cannot be shown to be compatible: where it leads depends on what is around it";
      });
    }
    case Op::all_of: {
      bool shown = true;
      for (std::uint32_t i = 0; i < instruction.b && (shown || quiet_ == 0); ++i)
        shown = prove(values, list[instruction.a + i]) && shown;
      return shown;
    }
    case Op::any_of:
      return prove_any_of(values, instruction) || give_up(values.near, reader, "anyOf", [&] {
               return "cannot be shown to be compatible: what " + names_.writer +
                      " allows is not plainly within one of the alternatives";
             });
    case Op::one_of:
      return prove_one_of(values, facts, instruction) || give_up(values.near, reader, "oneOf", [&] {
               return "cannot be shown to be compatible: what " + names_.writer +
                      " allows is not plainly within exactly one of the alternatives";
             });
    case Op::not_:
      return prove_not(values, facts, instruction.a) || give_up(values.near, reader, "not", [&] {
               return "cannot be shown to be compatible: " + names_.writer +
                      " may allow what \"not\" describes";
             });
    case Op::condition:
      return prove_condition(values, facts, instruction) || give_up(values.near, reader, "if", [&] {
               return "cannot be shown to be compatible: " + names_.writer +
                      " does not plainly ask for what follows from \"if\"";
             });
    default:
      return true;  // of another group
  }
}

bool Inclusion::prove_any_of(const ValueSet& values, const Instruction& instruction) {
  return prove_one_alternative(values, instruction, Op::any_of) ||
         prove_each_kind(values, instruction, Op::any_of);
}

bool Inclusion::prove_one_of(const ValueSet& values, const Facts& facts, const Instruction& instruction) {
  bool same = false;
  for (const auto id : facts.nodes)
    writer_.each(id, Group::any, [&](const Instruction& own, std::uint32_t) {
      same = same || (own.op == Op::one_of &&
                      equality_.equal_in_any_order({own.a, own.b}, {instruction.a, instruction.b}));
    });
  return same || prove_one_alternative(values, instruction, Op::one_of) ||
         prove_each_kind(values, instruction, Op::one_of);
}

bool Inclusion::prove_one_alternative(const ValueSet& values, const Instruction& instruction, Op op) {
  const auto* alternatives = reader_.program().list.data() + instruction.a;
  for (std::uint32_t i = 0; i < instruction.b; ++i) {
    if (!attempt([&] { return prove(values, alternatives[i]); })) continue;
    bool alone = true;
    for (std::uint32_t j = 0; j < instruction.b && op == Op::one_of && alone; ++j)
      alone = j == i || disjoint(values, alternatives[j]);
    if (alone) return true;
  }
  return false;
}

/// Each kind of value may have an alternative of its own.
bool Inclusion::prove_each_kind(const ValueSet& values, const Instruction& instruction, Op op) {
  const auto prove_kind = [&](Atoms kind) {
    const auto part = values.limited_to(kind);
    return part.atoms == 0 || prove_one_alternative(part, instruction, op);
  };
  return std::all_of(kKinds.begin(), kKinds.end(), [&](Atoms kind) {
    if ((values.atoms & ~unsigned{kind}) == 0 && kind != kNumbers) return false;  // tried already
    return prove_kind(kind) || (kind == kNumbers && prove_kind(kInteger) && prove_kind(kNumber));
  });
}

bool Inclusion::prove_not(const ValueSet& values, const Facts& facts, NodeId excluded) {
  ValueSet what;
  what.add(excluded);
  bool shown = false;
  for (const auto id : facts.nodes)
    writer_.each(id, Group::any, [&](const Instruction& own, std::uint32_t) {
      shown = shown || (own.op == Op::not_ && reversed().prove(what, own.a));
    });
  return shown || disjoint(values, excluded);
}

bool Inclusion::prove_condition(const ValueSet& values, const Facts& facts, const Instruction& instruction) {
  const auto* list = reader_.program().list.data() + instruction.a;
  bool same = list[1] == kNoNode && list[2] == kNoNode;
  for (const auto id : facts.nodes)
    writer_.each(id, Group::any, [&](const Instruction& own, std::uint32_t) {
      same = same || (own.op == Op::condition && equality_.equal_lists({own.a, 3}, {instruction.a, 3}));
    });
  if (same) return true;
  const auto shows = [&](NodeId node) { return attempt([&] { return prove(values, node); }); };
  const bool then = list[1] == kNoNode || shows(list[1]) || disjoint(values, list[0]);
  return then && (list[2] == kNoNode || shows(list[2]) || shows(list[0]));
}

bool Inclusion::disjoint(const ValueSet& values, NodeId reader) {
  ValueSet others;
  others.add(reader);
  return disjoint_sets(values, others);
}

bool Inclusion::disjoint_sets(const ValueSet& values, const ValueSet& others) {
  constexpr unsigned kDeeper = 24;
  if (!budget_.spend() || budget_.depth >= kComparedDepthMax + kDeeper) return false;
  const auto facts = writer_.facts_of(values), other_facts = reader_.facts_of(others);
  const auto kinds = writer_.possible(facts) & reader_.possible(other_facts);
  if (kinds == 0 || disjoint_by_constants(values, facts, others, other_facts)) return true;
  budget_.depth += 8;
  bool apart = std::all_of(kKinds.begin(), kKinds.end(), [&](Atoms kind) {
    if (!(kinds & kind)) return true;
    const auto texts = all_of_kind(kind);
    if (texts.empty()) return disjoint_kind(kind, facts, other_facts);
    return std::all_of(texts.begin(), texts.end(), [&](auto text) {
      return refuses(writer_, values.terms, text) || refuses(reader_, others.terms, text);
    });
  });
  const auto each_case = [&](const ValueSet& set, const Split& split, auto&& is_apart) {
    for (std::size_t i = 0; i < split.alternatives.size(); ++i)
      if (!is_apart(with_alternative(set, split, i))) return false;
    return true;
  };
  if (!apart && !other_facts.splits.empty() && others.decided.size() < kDecidedMax)
    apart = each_case(others, other_facts.splits.front(),
                      [&](const ValueSet& one) { return disjoint_sets(values, one); });
  if (!apart && !facts.splits.empty() && values.decided.size() < kDecidedMax)
    apart = each_case(values, facts.splits.front(),
                      [&](const ValueSet& one) { return disjoint_sets(one, others); });
  budget_.depth -= 8;
  return apart;
}

bool Inclusion::disjoint_by_constants(const ValueSet& values, const Facts& facts, const ValueSet& others,
                                      const Facts& other_facts) {
  const auto none_fits = [&](const ComparedProgram& side, const Facts& of) {
    const auto constants = constants_among(side, of);
    if (!constants) return false;
    const auto& program = side.program();
    for (auto i = constants->first; i < constants->first + constants->count; ++i) {
      const auto at = program.constants[i];
      if (!budget_.spend()) return false;
      const auto atom = atom_of(program.constants_tape, at);
      if (!(atom & facts.atoms) || !(atom & other_facts.atoms)) continue;
      const auto json = program.constants_tape.json_of(at);
      if (!refuses(reader_, others.terms, json) && !refuses(writer_, values.terms, json)) return false;
    }
    return true;
  };
  return none_fits(writer_, facts) || none_fits(reader_, other_facts);
}

bool Inclusion::disjoint_kind(Atoms kind, const Facts& facts, const Facts& other_facts) {
  switch (kind) {
    case kNumbers:
      return empty_between(writer_.lower(facts), reader_.upper(other_facts)) ||
             empty_between(reader_.lower(other_facts), writer_.upper(facts));
    case kString:
      return writer_.min_length(facts) > reader_.max_length(other_facts) ||
             reader_.min_length(other_facts) > writer_.max_length(facts);
    case kArray:
      return writer_.min_items(facts) > reader_.max_items(other_facts) ||
             reader_.min_items(other_facts) > writer_.max_items(facts);
    case kObject:
      return disjoint_objects(facts, other_facts);
    default:
      return false;
  }
}

/// By a member that one of them must have.
bool Inclusion::disjoint_objects(const Facts& facts, const Facts& other_facts) {
  if (writer_.min_members(facts) > reader_.max_members(other_facts) ||
      reader_.min_members(other_facts) > writer_.max_members(facts))
    return true;
  auto names = writer_.required(facts);
  const auto more = reader_.required(other_facts);
  names.insert(names.end(), more.begin(), more.end());
  return std::any_of(names.begin(), names.end(), [&](auto name) {
    return writer_.forbids(facts, name) || reader_.forbids(other_facts, name) ||
           disjoint_sets(writer_.member(facts, name, 0), reader_.member(other_facts, name, 0));
  });
}

}  // namespace signalbox::schema
