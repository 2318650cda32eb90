#include "pipeline/interval_index.hpp"

#include <algorithm>
#include <limits>

namespace signalbox::pipeline {

void IntervalIndex::add(const NumericRange& range, Candidate candidate) {
  constexpr auto kInfinity = std::numeric_limits<double>::infinity();
  ranges_.push_back({range.bottom.value_or(-kInfinity), range.top.value_or(kInfinity), 0, candidate});
}

void IntervalIndex::build() {
  std::sort(ranges_.begin(), ranges_.end(),
            [](const Range& a, const Range& b) { return a.bottom < b.bottom; });
  ranges_.shrink_to_fit();
  set_highest(0, ranges_.size());
}

double IntervalIndex::set_highest(std::size_t first, std::size_t last) {
  if (first == last) return -std::numeric_limits<double>::infinity();
  const auto middle = first + (last - first) / 2;
  const auto below = std::max(set_highest(first, middle), set_highest(middle + 1, last));
  return ranges_[middle].highest_top = std::max(ranges_[middle].top, below);
}

}  // namespace signalbox::pipeline
