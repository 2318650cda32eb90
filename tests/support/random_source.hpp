#pragma once
#include <cstddef>
#include <cstdint>
#include <random>

namespace signalbox::test {

/// Random choices that a seed fixes, on every platform.
class RandomSource {
 public:
  explicit RandomSource(std::uint64_t seed) : engine_(seed) {}

  /// From 0 to `limit` - 1; `limit` is at least 1.
  std::size_t below(std::size_t limit) { return static_cast<std::size_t>(engine_() % limit); }
  bool chance(std::size_t percent) { return below(100) < percent; }

  template <class T, std::size_t size>
  T one_of(const T (&choices)[size]) {
    return choices[below(size)];
  }
  template <class List>
  const auto& one_of(const List& choices) {
    return choices[below(choices.size())];
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace signalbox::test
