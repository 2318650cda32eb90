#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "schema/program.hpp"

namespace signalbox::schema {

/// Collects the values that a schema compares with, and puts them into the program at the end.
class ConstantPool {
 public:
  /// The number of a value in the program's constants.
  std::uint32_t add(const JsonTape& tape, TapeIndex at);
  /// The number of a choice among the elements of the array at `at`.
  std::uint32_t add_choice(const JsonTape& tape, TapeIndex array);
  /// The number of a numeric limit.
  std::uint32_t add_bound(const JsonTape& tape, TapeIndex at);

  void move_into(Program& program) &&;

 private:
  std::string text_ = "[";
  std::uint32_t count_ = 0;
  std::vector<Range> choices_;
  std::vector<std::uint32_t> bounds_;  // their constants
};

}  // namespace signalbox::schema
