#include "pipeline/filter.hpp"

#include <vector>

#include "pipeline/cesql.hpp"
#include "pipeline/dialects.hpp"
#include "pipeline/filter_shape.hpp"
#include "pipeline/pattern_filter.hpp"

namespace signalbox::pipeline {
namespace {

class Everything final : public Filter {
 public:
  Everything() {
    shape_.alternatives.emplace_back();
    shape_.always = true;
  }
  const FilterShape& shape() const override { return shape_; }
  using Filter::matches;
  bool matches(const FilterInput&, std::span<const std::uint32_t>) const override { return true; }

 private:
  FilterShape shape_;
};

}  // namespace

bool Filter::matches(const FilterInput& input) const {
  std::vector<std::uint32_t> fields;
  for (const auto& path : shape().fields) fields.push_back(input.fields().find(path));
  return matches(input, fields);
}

bool Filter::matches(const Event& event) const {
  FieldSet fields;
  for (const auto& path : shape().fields) fields.add(path);
  FilterInput input;
  input.fill(fields, event);
  return matches(input);
}

Result<std::shared_ptr<const Filter>> compile_filter(const FilterSpec& spec) {
  switch (spec.kind) {
    case FilterSpec::Kind::everything:
      break;
    case FilterSpec::Kind::pattern:
      return compile_pattern(spec.text,
                             spec.eventbridge_compat ? PatternReading::event_ruler : PatternReading::strict);
    case FilterSpec::Kind::filters:
      return compile_dialects(spec.text);
    case FilterSpec::Kind::sql:
      return compile_cesql(spec.text);
  }
  return std::shared_ptr<const Filter>(std::make_shared<Everything>());
}

}  // namespace signalbox::pipeline
