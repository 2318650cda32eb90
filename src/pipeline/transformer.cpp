#include "pipeline/transformer.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "pipeline/transform_run.hpp"

namespace signalbox::pipeline {

Transformer::Transformer(std::vector<TransformStep> steps)
    : steps_(std::move(steps)),
      is_pure_(std::all_of(steps_.begin(), steps_.end(), [](const TransformStep& step) {
        return std::holds_alternative<std::unique_ptr<const PureStep>>(step);
      })) {
  assert(!steps_.empty() && steps_.size() <= kStepsMax);
  for (const auto& step : steps_)
    if (const auto* asking = std::get_if<std::unique_ptr<const EnrichmentStep>>(&step))
      asking_time_ += (*asking)->policy().longest();
}

Result<Transformed> Transformer::apply(const Event& event, const TransformContext& context) const {
  assert(is_pure_);
  TransformRun run(*this, event, context);
  run.advance();
  return run.take();
}

}  // namespace signalbox::pipeline
