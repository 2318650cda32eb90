// What inclusion shows of objects.
#include <algorithm>

#include "schema/fault_text.hpp"
#include "schema/inclusion.hpp"

namespace signalbox::schema {

bool Inclusion::prove_objects(const ValueSet& values, const Facts& facts, NodeId reader) {
  bool shown = prove_counts_of_members(values, facts, reader);
  const auto go_on = [&] { return shown || quiet_ == 0; };
  if (go_on()) shown = prove_required(values, facts, reader) && shown;
  if (go_on()) shown = prove_named_members(values, facts, reader) && shown;
  if (go_on()) shown = prove_unnamed_members(values, facts, reader) && shown;
  if (go_on()) shown = prove_names(values, facts, reader) && shown;
  if (go_on()) shown = prove_dependents(values, facts, reader) && shown;
  const auto& plan = reader_.object_plan(reader);
  const auto unevaluated = reader_.node(reader).unevaluated_properties;
  if (unevaluated == kNoNode || plan.additional != kNoNode ||
      reader_.additional_of(reader, plan) == unevaluated || reader_.accepts_all(unevaluated))
    return shown;
  return give_up(values.near, reader, "unevaluatedProperties", [] {
    return "cannot be shown to be compatible: it depends on what other keywords look at, and those differ";
  });
}

bool Inclusion::prove_counts_of_members(const ValueSet& values, const Facts& facts, NodeId reader) {
  const auto& plan = reader_.object_plan(reader);
  bool shown = true;
  const auto lacks = [&](std::string_view keyword, const std::string& what) {
    shown = differ(values.near, reader, keyword, [&] {
      return names_.reader + " asks for " + what + ", " + names_.writer_again + " does not";
    });
  };
  if (writer_.min_members(facts) < plan.min_members)
    lacks("minProperties", "at least " + count_members(plan.min_members));
  if (writer_.max_members(facts) > plan.max_members)
    lacks("maxProperties", "at most " + count_members(plan.max_members));
  return shown;
}

bool Inclusion::prove_required(const ValueSet& values, const Facts& facts, NodeId reader) {
  bool shown = true;
  for (const auto name : reader_.required({{reader}})) {
    if (!budget_.spend()) return false;
    if (writer_.requires_member(facts, name)) continue;
    shown = differ(values.near, reader, "required", [&] {
      return names_.reader + " requires " + quote_name(name) + ", " + names_.writer_again + " does not";
    });
  }
  return shown;
}

/// Members that either of the schemas names.
bool Inclusion::prove_named_members(const ValueSet& values, const Facts& facts, NodeId reader) {
  const Facts wanted{{reader}};
  auto names = writer_.named(facts);
  const auto more = reader_.named(wanted);
  names.insert(names.end(), more.begin(), more.end());
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  bool shown = true;
  for (const auto name : names) {
    if (!budget_.spend() || (!shown && quiet_ > 0)) return false;
    const auto terms = reader_.member(wanted, name, reader).terms;
    if (std::all_of(terms.begin(), terms.end(), [&](NodeId term) { return reader_.accepts_all(term); }))
      continue;
    if (writer_.forbids(facts, name)) continue;
    const auto member = writer_.member(facts, name, values.near);
    for (const auto term : terms) shown = prove_member(values, member, name, term) && shown;
  }
  return shown;
}

bool Inclusion::prove_member(const ValueSet& around, const ValueSet& member, std::string_view name,
                             NodeId reader) {
  if (reader_.accepts_all(reader)) return true;
  if (member.terms.empty())
    return differ(around.near, reader, "", [&] {
      const auto what = reader_.accepts_nothing(reader) ? " forbids " : " says what ";
      return names_.reader + what + quote_name(name) + (reader_.accepts_nothing(reader) ? ", " : " must be, ") +
             names_.writer_again + " is open: it allows anything there";
    });
  if (reader_.accepts_nothing(reader))
    return differ(member.near, reader, "", [&] {
      return names_.writer + " allows " + quote_name(name) + ", " + names_.reader_again + " does not";
    });
  return prove(member, reader);
}

/// Members that none of the schemas names: of patterns, and the rest.
bool Inclusion::prove_unnamed_members(const ValueSet& values, const Facts& facts, NodeId reader) {
  const auto& plan = reader_.object_plan(reader);
  const auto& patterns = reader_.program().patterns;
  bool shown = true;
  std::vector<std::string_view> texts;
  for (const auto& [pattern, schema] : plan.patterns) {
    texts.push_back(patterns[pattern].text);
    shown = prove_unnamed(values, facts, &patterns[pattern].text, {}, schema) && shown;
  }
  const auto additional = reader_.additional_of(reader, plan);
  if (additional == kNoNode) return shown;
  return prove_unnamed(values, facts, nullptr, texts, additional) && shown;
}

bool Inclusion::prove_unnamed(const ValueSet& values, const Facts& facts, const std::string* matching,
                              const std::vector<std::string_view>& others, NodeId reader) {
  if (reader_.accepts_all(reader)) return true;
  bool shown = true;
  for (const auto& member : writer_.unnamed_members(facts, matching, others, values.near)) {
    if (!member.terms.empty()) {
      shown = prove(member, reader) && shown;
      continue;
    }
    shown = differ(values.near, reader, "", [&] {
      return names_.writer + " is open: it allows members that it does not name; " + names_.reader_again +
             (reader_.accepts_nothing(reader) ? " allows none" : " says what they must be") +
             (matching ? " where they match " + quote_name(*matching) : "");
    });
  }
  return shown;
}

bool Inclusion::prove_names(const ValueSet& values, const Facts& facts, NodeId reader) {
  const auto wanted = reader_.object_plan(reader).name_schema;
  if (wanted == kNoNode || reader_.accepts_all(wanted)) return true;
  ValueSet names;
  names.near = values.near;
  names.atoms = kString;
  for (const auto& [plan, additional] : writer_.objects(facts)) {
    if (plan->name_schema != kNoNode) names.add(plan->name_schema);
    if (additional == kNoNode || !writer_.accepts_nothing(additional) || !plan->patterns.empty()) continue;
    // All names that there may be are known.
    bool shown = true;
    for (const auto& known : plan->names) {
      if (!budget_.spend()) return false;
      if (known.schema == kNoNode || writer_.forbids(facts, known.text)) continue;
      if (reader_.fits(wanted, to_json_string(known.text)) == std::optional(true)) continue;
      shown = differ(values.near, wanted, "", [&] {
        return names_.writer + " allows a member called " + quote_name(known.text) + ", " + names_.reader_again +
               " does not";
      });
    }
    return shown;
  }
  if (!names.terms.empty()) names.near = names.terms.front();
  return prove(names, wanted);
}

bool Inclusion::prove_dependents(const ValueSet& values, const Facts& facts, NodeId reader) {
  const auto& plan = reader_.object_plan(reader);
  bool shown = true;
  for (const auto& dependent : plan.dependents) {
    if (!budget_.spend() || (!shown && quiet_ > 0)) return false;
    const std::string_view name = plan.names[dependent.name].text;
    if (writer_.forbids(facts, name)) continue;
    // Objects that have the member, and what the writer has follow from it.
    auto with_it = values.limited_to(kObject);
    std::vector<std::string_view> there{name};
    for (const auto& [own_plan, additional] : writer_.objects(facts))
      for (const auto& own : own_plan->dependents) {
        budget_.spend();
        if (own_plan->names[own.name].text != name) continue;
        for (const auto needed : own.names) there.push_back(own_plan->names[needed].text);
        if (own.schema != kNoNode) with_it.add(own.schema);
      }
    for (const auto needed : dependent.names) {
      budget_.spend(1 + static_cast<std::int64_t>(there.size() / 8));
      const std::string_view text = plan.names[needed].text;
      if (writer_.requires_member(facts, text) || std::find(there.begin(), there.end(), text) != there.end())
        continue;
      shown = differ(values.near, reader, dependency_keyword(dependent.keyword), [&] {
        return names_.reader + " requires " + quote_name(text) + " beside " + quote_name(name) + ", " +
               names_.writer_again + " does not";
      });
    }
    if (dependent.schema != kNoNode) shown = prove(with_it, dependent.schema) && shown;
  }
  return shown;
}

}  // namespace signalbox::schema
