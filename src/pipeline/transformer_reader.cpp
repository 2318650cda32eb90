#include "pipeline/transformer_reader.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "event/json_scan.hpp"
#include "pipeline/enrichment_reader.hpp"
#include "pipeline/jq_step.hpp"
#include "pipeline/mapping_step.hpp"
#include "pipeline/report_fault.hpp"
#include "pipeline/template_reader.hpp"

namespace signalbox::pipeline {
namespace {

std::string read_constant(const ConfigNode& node, Diagnostics& out) {
  auto json = node.to_json();
  if (json.size() > Template::kResultBytesMax) report(out, node, "the constant is larger than 1 MiB");
  if (const auto fault = event::validate_json(json, Template::kDepthMax)) report(out, node, fault->message);
  return json;
}

/// Reads one step, key by key.
class StepReader {
 public:
  StepReader(const ConfigNode& node, Diagnostics& out) : node_(node), out_(out), read_(node, out) {}

  Mapping run() {
    constant_ = read_.take("constant");
    paths_ = read_.take("paths");
    template_ = read_.take("template");
    set_ = read_.take("set");
    remove_ = read_.take("remove");
    raw_ = read_.take("raw");
    read_.choice<TemplateFormat>("format", format_, kTemplateFormats);
    check_keys();
    read_values();
    check_media_type();
    read_.done();
    mapping_.variables = variables_.used();
    return std::move(mapping_);
  }

 private:
  void check_keys() {
    if (constant_ && template_) read_.fault("constant", "give either constant or template, not both");
    if (format_ && !template_) read_.fault("format", "format belongs to template");
    const bool is_mapping =
        node_.kind() == ConfigNode::Kind::mapping || node_.kind() == ConfigNode::Kind::null;
    if (!constant_ && !template_ && !set_ && !remove_ && !raw_ && is_mapping)
      report(out_, node_, "a transform needs one of constant, template, set, remove, raw, jq, enrich");
    if (paths_ && !template_ && !set_ && !raw_)
      read_.fault("paths", "paths are for template, set or raw, and there is none of them");
    for (const auto* key : {"set", "remove"})
      if (raw_ && read_.has(key)) read_.fault(key, "a raw body has no attributes: use raw.headers");
  }

  void read_values() {
    if (paths_) read_paths(*paths_, variables_, out_);
    if (constant_) mapping_.constant = read_constant(*constant_, out_);
    if (template_) mapping_.data = read_template(*template_, format_, variables_, out_);
    if (remove_) mapping_.remove = read_remove(*remove_, out_);
    if (set_) mapping_.set = read_set(*set_, variables_, out_);
    if (raw_) mapping_.raw = read_raw(*raw_, variables_, out_);
  }

  /// Where both the kind of the data and its media type are known, they must fit.
  void check_media_type() {
    const auto kind = mapping_.new_data_kind();
    const auto* value = set_ ? set_->find("datacontenttype") : nullptr;
    if (!kind || !value || value->kind() != ConfigNode::Kind::scalar) return;
    if (const auto fault = media_type_fault(value->text(), {*kind, {}}); !fault.empty())
      report(out_, *value, std::string(fault));
  }

  const ConfigNode& node_;
  Diagnostics& out_;
  ConfigReader read_;
  TemplateVariables variables_;
  Mapping mapping_;
  TemplateFormat format_;
  const ConfigNode *constant_ = nullptr, *paths_ = nullptr, *template_ = nullptr, *set_ = nullptr,
                   *remove_ = nullptr, *raw_ = nullptr;
};

TransformStep read_jq_step(const ConfigNode& node, Diagnostics& out) {
  ConfigReader read(node, out);
  std::string program;
  read("jq", program);
  if (program.empty() && node.find("jq")->kind() == ConfigNode::Kind::scalar)
    read.fault("jq", "the program is empty");
  for (const auto& member : node.members())
    if (member.key != "jq" && read.take(member.key))
      read.fault(member.key, "a step with jq has nothing else",
                 "make it a step of its own: transform is a list then");
  read.done();
  return make_jq_step(std::move(program));
}

TransformStep read_step(const ConfigNode& node, bool is_last, Diagnostics& out) {
  if (node.kind() == ConfigNode::Kind::mapping && node.find("jq") != nullptr) return read_jq_step(node, out);
  if (node.kind() == ConfigNode::Kind::mapping && node.find("enrich") != nullptr)
    return read_enrichment_step(node, out);
  auto mapping = StepReader(node, out).run();
  if (mapping.raw && !is_last)
    report(out, *node.find("raw"), "only the last step can make a raw body: what follows needs an event");
  return make_mapping_step(std::move(mapping));
}

}  // namespace

std::shared_ptr<const Transformer> read_transformer(const ConfigNode& node, Diagnostics& out) {
  Diagnostics faults;
  std::vector<TransformStep> steps;
  if (node.kind() != ConfigNode::Kind::sequence) {
    steps.push_back(read_step(node, true, faults));
  } else if (node.items().empty() || node.items().size() > Transformer::kStepsMax) {
    report(faults, node, "a chain has 1 to 16 steps, not " + std::to_string(node.items().size()));
  } else {
    for (const auto& item : node.items())
      steps.push_back(read_step(item, steps.size() + 1 == node.items().size(), faults));
  }
  for (const auto& fault : faults.faults()) out.add(fault);
  if (!faults.clean()) return nullptr;
  return std::make_shared<Transformer>(std::move(steps));
}

std::vector<const ConfigNode*> jq_programs(const ConfigNode& transform) {
  std::vector<const ConfigNode*> programs;
  const auto look_into = [&programs](const ConfigNode& step) {
    const auto* program = step.find("jq");
    if (program && program->kind() == ConfigNode::Kind::scalar) programs.push_back(program);
  };
  look_into(transform);
  for (const auto& step : transform.items()) look_into(step);
  return programs;
}

std::vector<const ConfigNode*> enrichment_targets(const ConfigNode& transform) {
  std::vector<const ConfigNode*> targets;
  const auto look_into = [&targets](const ConfigNode& step) {
    const auto* enrichment = step.find("enrich");
    const auto* target = enrichment ? enrichment->find("target") : nullptr;
    if (target && target->kind() == ConfigNode::Kind::scalar) targets.push_back(target);
  };
  look_into(transform);
  for (const auto& step : transform.items()) look_into(step);
  return targets;
}

}  // namespace signalbox::pipeline
