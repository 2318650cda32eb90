#pragma once
#include <cstddef>

namespace signalbox::pipeline {

/// What one evaluation of CloudEvents SQL may take, in steps: bytes of strings that are looked at or made.
class CesqlBudget {
 public:
  static constexpr std::size_t kStepsMax = std::size_t{64} << 20;

  void spend(std::size_t steps) { left_ = steps < left_ ? left_ - steps : 0; }
  bool empty() const { return left_ == 0; }

 private:
  std::size_t left_ = kStepsMax;
};

}  // namespace signalbox::pipeline
