#include "pipeline/filter.hpp"

#include <vector>

#include "pipeline/cesql.hpp"
#include "pipeline/dialects.hpp"
#include "pipeline/filter_input.hpp"
#include "pipeline/filter_shape.hpp"
#include "pipeline/pattern_explain.hpp"
#include "pipeline/pattern_filter.hpp"

namespace signalbox::pipeline {
namespace {

class Everything final : public Filter {
 public:
  FilterShape shape() const override {
    FilterShape shape;
    shape.alternatives.emplace_back();
    return shape;
  }
  using Filter::matches;
  bool matches(const FilterInput&, std::span<const std::uint32_t>) const override { return true; }
  using Filter::explain;
  std::optional<Mismatch> explain(const FilterInput&, std::span<const std::uint32_t>) const override {
    return std::nullopt;
  }
};

/// One event as one filter sees it.
struct LoneInput {
  LoneInput(const Filter& filter, const Event& event) {
    for (const auto& path : filter.shape().fields) ids.push_back(fields.add(path));
    input.fill(fields, event);
  }
  FieldSet fields;
  std::vector<FieldId> ids;
  FilterInput input;
};

PatternReading reading_of(const FilterSpec& spec) {
  return spec.eventbridge_compat ? PatternReading::event_ruler : PatternReading::strict;
}

}  // namespace

bool Filter::matches(const FilterInput& input) const {
  std::vector<FieldId> ids;
  for (const auto& path : shape().fields) ids.push_back(input.fields().find(path));
  return matches(input, ids);
}

bool Filter::matches(const Event& event) const {
  const auto lone = LoneInput(*this, event);
  return matches(lone.input, lone.ids);
}

std::optional<Mismatch> Filter::explain(const Event& event) const {
  const auto lone = LoneInput(*this, event);
  return explain(lone.input, lone.ids);
}

Result<std::shared_ptr<const Filter>> compile_filter(const FilterSpec& spec) {
  switch (spec.kind) {
    case FilterSpec::Kind::everything:
      break;
    case FilterSpec::Kind::pattern:
      return compile_pattern(spec.text, reading_of(spec));
    case FilterSpec::Kind::filters:
      return compile_dialects(spec.text);
    case FilterSpec::Kind::sql:
      return compile_cesql(spec.text);
  }
  return std::shared_ptr<const Filter>(std::make_shared<Everything>());
}

Result<std::optional<Mismatch>> explain_filter(const FilterSpec& spec, const Event& event) {
  const auto filter = compile_filter(spec);
  if (!filter) return filter.error();
  const auto lone = LoneInput(**filter, event);
  if (spec.kind == FilterSpec::Kind::pattern) return explain_pattern(spec.text, reading_of(spec), lone.input);
  return (*filter)->explain(lone.input, lone.ids);
}

}  // namespace signalbox::pipeline
