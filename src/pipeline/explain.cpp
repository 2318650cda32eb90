#include "pipeline/explain.hpp"

#include "event/codec.hpp"
#include "pipeline/filter_input.hpp"
#include "pipeline/filter_shape.hpp"
#include "pipeline/pattern_explain.hpp"
#include "pipeline/utf8.hpp"

namespace signalbox::pipeline {
namespace {

void append_member(std::string& out, std::string_view name, std::string_view value) {
  if (out.back() != '{') out += ',';
  ((out += '"') += name) += "\":";
  event::append_json_string(out, to_valid_utf8(value));
}

void append_targets(std::string& out, std::span<const std::string> targets) {
  out += ",\"targets\":[";
  for (const auto& target : targets) {
    if (out.back() != '[') out += ',';
    event::append_json_string(out, target);
  }
  out += ']';
}

void append_verdict(std::string& out, const RuleVerdict& verdict) {
  const auto& rule = verdict.rule;
  out += '{';
  append_member(out, "rule", rule.name);
  out += verdict.match() ? ",\"match\":true" : ",\"match\":false";
  if (!rule.enabled) out += ",\"enabled\":false";
  if (rule.paused) out += ",\"paused\":true";
  if (verdict.match()) append_targets(out, rule.targets);
  if (!rule.enabled && !verdict.mismatch) out += ",\"would_match\":true";
  if (verdict.mismatch) {
    append_member(out, "place", verdict.mismatch->place);
    append_member(out, "path", verdict.mismatch->path);
    append_member(out, "wanted", verdict.mismatch->wanted);
    append_member(out, "found", verdict.mismatch->found);
  }
  out += '}';
}

std::optional<Mismatch> explain_rule(const ExplainedRule& rule, const FilterInput& input,
                                     std::span<const FieldId> fields) {
  auto mismatch = rule.filter->explain(input, fields);
  if (!mismatch || !rule.spec || rule.spec->kind != FilterSpec::Kind::pattern) return mismatch;
  const auto reading = rule.spec->eventbridge_compat ? PatternReading::event_ruler : PatternReading::strict;
  return explain_pattern(rule.spec->text, reading, input);
}

}  // namespace

Explainer::Explainer(std::span<const ExplainedRule> rules) : rules_(rules.begin(), rules.end()) {
  fields_of_rule_.reserve(rules_.size());
  for (const auto& rule : rules_) {
    auto& fields = fields_of_rule_.emplace_back();
    for (const auto& path : rule.filter->shape().fields) fields.push_back(fields_.add(path));
  }
}

std::vector<RuleVerdict> Explainer::explain(const Event& event) const {
  FilterInput input;
  input.fill(fields_, event);
  std::vector<RuleVerdict> verdicts;
  verdicts.reserve(rules_.size());
  for (std::size_t i = 0; i < rules_.size(); ++i)
    verdicts.push_back({rules_[i], explain_rule(rules_[i], input, fields_of_rule_[i])});
  return verdicts;
}

ExplanationText::ExplanationText(const Event& event, std::uint64_t seq) {
  text_ = "{\"event\":{";
  append_member(text_, "id", event.id());
  append_member(text_, "source", event.source());
  append_member(text_, "type", event.type());
  if (seq != 0) text_ += ",\"seq\":" + std::to_string(seq);
  text_ += "},\"rules\":[";
}

void ExplanationText::add(std::span<const RuleVerdict> verdicts) {
  for (const auto& verdict : verdicts) {
    if (text_.back() != '[') text_ += ',';
    append_verdict(text_, verdict);
  }
}

std::string ExplanationText::take() {
  text_ += "]}";
  return std::move(text_);
}

}  // namespace signalbox::pipeline
