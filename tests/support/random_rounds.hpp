#pragma once
#include <cstdint>
#include <cstdlib>
#include <string>

namespace signalbox::test {

/// The seeds of a test with random inputs: one for each round, so that a round can be run again alone.
///
/// In the environment, SIGNALBOX_SEED is the first one's and SIGNALBOX_ROUNDS is how many.
class RandomRounds {
 public:
  /// `count`: of a build that is optimised; others do a fifth, in a similar time.
  explicit RandomRounds(std::uint64_t count)
      : first_(from_environment("SIGNALBOX_SEED", 1)),
        count_(from_environment("SIGNALBOX_ROUNDS", kOptimised ? count : (count + 4) / 5)) {}

  std::uint64_t begin() const { return first_; }
  std::uint64_t end() const { return first_ + count_; }
  std::uint64_t count() const { return count_; }

  /// How to run a round again.
  static std::string replay(std::uint64_t seed) {
    return "SIGNALBOX_SEED=" + std::to_string(seed) + " SIGNALBOX_ROUNDS=1";
  }

 private:
#ifdef __OPTIMIZE__
  static constexpr bool kOptimised = true;
#else
  static constexpr bool kOptimised = false;
#endif

  static std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
    const char* value = std::getenv(name);
    return value ? std::stoull(value) : otherwise;
  }

  std::uint64_t first_, count_;
};

}  // namespace signalbox::test
