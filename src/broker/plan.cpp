#include "broker/plan.hpp"

#include "broker/dead_letter_target.hpp"

namespace signalbox::broker {

namespace {

constexpr char kBeforeChoice = ':';  // no configured name has it

}  // namespace

RulePlan make_unrouted_rule(std::string target) {
  RulePlan rule;
  rule.name = kUnroutedRule;
  rule.description = "What no other rule takes";
  rule.filter = *pipeline::compile_filter(rule.filter_spec);
  rule.targets.push_back(std::move(target));
  rule.route.turn = pipeline::Route::Turn::last;
  return rule;
}

RulePlan make_invalid_rule() {
  RulePlan rule;
  rule.name = kInvalidRule;
  rule.description = "What does not fit its schema";
  rule.filter = *pipeline::compile_filter(rule.filter_spec);
  rule.targets.push_back(kInvalidTarget);
  rule.route.turn = pipeline::Route::Turn::never;
  return rule;
}

std::string choice_name(std::string_view rule, std::string_view choice) {
  std::string name(rule);
  (name += kBeforeChoice) += choice;
  return name;
}

std::string_view configured_rule(std::string_view name) { return name.substr(0, name.find(kBeforeChoice)); }

bool is_rule(std::string_view name, std::string_view asked) {
  return name == asked || configured_rule(name) == asked;
}

}  // namespace signalbox::broker
