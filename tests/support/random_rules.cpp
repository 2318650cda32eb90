#include "support/random_rules.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "support/random_events.hpp"

namespace signalbox::test {
namespace {

using pipeline::FilterSpec;

/// A pattern of one field, which many rules have.
std::string random_field_pattern(RandomSource& random, PatternLanguage language) {
  const auto list = random_list(random, language);
  const std::string name = random.one_of({"type", "type", "a", "a", "a", "b"});
  return name == "type" ? "{\"type\":" + list + "}" : "{\"data\":{\"" + name + "\":" + list + "}}";
}

std::string random_rule_pattern(RandomSource& random, PatternLanguage language) {
  return random.chance(60) ? random_field_pattern(random, language)
                           : random_pattern(random, language, PatternTop::event);
}

bool has(const std::vector<RuleId>& ids, RuleId id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

}  // namespace

FilterSpec RandomRules::spec() {
  const auto kind = random_.below(100);
  if (kind < 2) return {};
  if (kind < 12) return {FilterSpec::Kind::filters, random_filters(random_)};
  if (kind < 20) return {FilterSpec::Kind::sql, random_cesql(random_)};
  if (kind < 45)
    return {FilterSpec::Kind::pattern, random_rule_pattern(random_, PatternLanguage::eventbridge), true};
  return {FilterSpec::Kind::pattern, random_rule_pattern(random_, language_)};
}

std::vector<RandomRule> RandomRules::make(std::size_t count) {
  std::vector<RandomRule> out;
  while (out.size() < count) {
    auto written = spec();
    const auto filter = pipeline::compile_filter(written);
    if (!filter) throw std::logic_error(written.text + ": " + filter.error().message);
    out.push_back({std::move(written), {RuleId(++last_id_), *filter}});
    std::swap(out.back(), out[random_.below(out.size())]);
  }
  return out;
}

std::vector<pipeline::Matcher::Rule> compiled(const std::vector<RandomRule>& rules) {
  std::vector<pipeline::Matcher::Rule> out;
  for (const auto& each : rules) out.push_back(each.rule);
  return out;
}

Event random_event_for(RandomSource& random, const std::vector<RandomRule>& rules) {
  const auto* spec = rules.empty() ? nullptr : &random.one_of(rules).spec;
  const bool is_pattern = spec && spec->kind == FilterSpec::Kind::pattern;
  return random_event_for(random,
                          parse_json_tree(is_pattern ? spec->text : R"({"type":["a",1,{"prefix":""}]})"));
}

std::vector<RuleId> matched_alone(const std::vector<RandomRule>& rules, const Event& event) {
  std::vector<RuleId> out;
  for (const auto& each : rules)
    if (each.rule.filter->matches(event)) out.push_back(each.rule.id);
  std::sort(out.begin(), out.end());
  return out;
}

std::string difference(const std::vector<RandomRule>& rules, const std::vector<RuleId>& together,
                       const std::vector<RuleId>& alone) {
  std::string out;
  for (const auto& [spec, rule] : rules)
    if (has(together, rule.id) != has(alone, rule.id))
      out += (has(alone, rule.id) ? "only alone: " : "only together: ") + spec.text +
             (spec.eventbridge_compat ? " (compat)\n" : "\n");
  return out;
}

}  // namespace signalbox::test
