#pragma once
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "pipeline/candidate.hpp"
#include "pipeline/numeric_range.hpp"

namespace signalbox::pipeline {

/// Many numeric ranges, asked which of them a number may lie in: logarithmic in their count, and linear in
/// the answer.  Bounds count as included: what it finds is asked.
class IntervalIndex {
 public:
  void add(const NumericRange& range, Candidate candidate);
  /// After the last add().
  void build();

  /// Calls `found` with the candidate of each range around `value`.
  template <class Found>
  void find(double value, Found found) const {
    search(0, ranges_.size(), value, found);
  }

 private:
  struct Range {
    double bottom, top;
    double highest_top;  // of the subtree of which this is the middle
    Candidate candidate;
  };

  double set_highest(std::size_t first, std::size_t last);

  /// Ranges [first, last) are a balanced tree whose root is the middle one.
  template <class Found>
  void search(std::size_t first, std::size_t last, double value, Found& found) const {
    while (first < last) {
      const auto middle = first + (last - first) / 2;
      const auto& range = ranges_[middle];
      if (range.highest_top < value) return;
      search(first, middle, value, found);
      if (range.bottom > value) return;  // and so have all after it
      if (range.top >= value) found(range.candidate);
      first = middle + 1;
    }
  }

  std::vector<Range> ranges_;  // by bottom
};

}  // namespace signalbox::pipeline
