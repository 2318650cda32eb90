#include "pipeline/cesql.hpp"

#include <utility>

#include "pipeline/cesql_evaluation.hpp"
#include "pipeline/cesql_explain.hpp"
#include "pipeline/cesql_needs.hpp"
#include "pipeline/filter_shape.hpp"

namespace signalbox::pipeline {
namespace {

class CesqlFilter final : public Filter {
 public:
  explicit CesqlFilter(CesqlExpression expression) : expression_(std::move(expression)) {}

  FilterShape shape() const override {
    FilterShape shape;
    shape.fields = expression_.attributes().all();
    shape.alternatives = needs_of(expression_.program());
    return shape;
  }

  using Filter::matches;
  bool matches(const FilterInput& input, std::span<const FieldId> fields) const override {
    return passes(expression_.evaluate(input, fields));
  }

  using Filter::explain;
  std::optional<Mismatch> explain(const FilterInput& input,
                                  std::span<const std::uint32_t> fields) const override {
    if (matches(input, fields)) return std::nullopt;
    return explain_cesql(expression_.program(), expression_.attributes(), input, fields);
  }

 private:
  CesqlExpression expression_;
};

}  // namespace

Result<CesqlExpression> CesqlExpression::parse(std::string_view text, WideIntegers wide) {
  AttributeNames attributes;
  auto program = parse_cesql(text, attributes, wide);
  if (!program) return program.error();
  attributes.shrink_to_fit();
  return CesqlExpression(std::move(*program), std::move(attributes));
}

CesqlResult CesqlExpression::evaluate(const FilterInput& input, std::span<const FieldId> fields) const {
  return CesqlEvaluation(program_, input, fields).run(program_.root());
}

Result<std::shared_ptr<const Filter>> compile_cesql(std::string_view text, WideIntegers wide) {
  auto expression = CesqlExpression::parse(text, wide);
  if (!expression) return expression.error();
  if (auto unknown = find_unknown_function(expression->program()); !unknown.empty())
    return Error(Errc::invalid_argument, std::move(unknown));
  return std::shared_ptr<const Filter>(std::make_shared<CesqlFilter>(std::move(*expression)));
}

}  // namespace signalbox::pipeline
