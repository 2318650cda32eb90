// What the evaluator checks of numbers and strings.
#include <algorithm>

#include "schema/evaluator.hpp"

namespace signalbox::schema {
namespace {

bool holds(Op op, const Number& number, const Number& bound) {
  switch (op) {
    case Op::minimum:
      return compare(number, bound) >= 0;
    case Op::exclusive_minimum:
      return compare(number, bound) > 0;
    case Op::maximum:
      return compare(number, bound) <= 0;
    case Op::exclusive_maximum:
      return compare(number, bound) < 0;
    case Op::multiple_of:
      return is_multiple(number, bound);
    default:
      return true;
  }
}

struct Wording {
  std::string_view keyword, words;
};

Wording wording_of(Op op) {
  switch (op) {
    case Op::minimum:
      return {"minimum", "must be at least "};
    case Op::exclusive_minimum:
      return {"exclusiveMinimum", "must be greater than "};
    case Op::maximum:
      return {"maximum", "must be at most "};
    case Op::exclusive_maximum:
      return {"exclusiveMaximum", "must be less than "};
    default:
      return {"multipleOf", "must be a multiple of "};
  }
}

/// In code points.
std::size_t length_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string characters(std::uint32_t count) {
  return std::to_string(count) + (count == 1 ? " character" : " characters");
}

}  // namespace

bool Evaluator::run_numbers(NodeId id, const Node& node, TapeIndex value) {
  const auto number = parse_number(tape_.text_of(value));
  if (!spend_on_text(number.text.size())) return false;
  bool fits = true;
  for (auto at = node.first(Group::number); at < node.end(Group::number); ++at) {
    const auto& instruction = program_.instructions[at];
    const auto& bound = program_.bounds[instruction.a];
    if (holds(instruction.op, number, bound)) continue;
    const auto [keyword, words] = wording_of(instruction.op);
    fits = mismatch(id, keyword, value,
                    [&, text = words] { return std::string(text) + std::string(bound.text); });
    if (!faults_) return false;
  }
  return fits;
}

bool Evaluator::run_strings(NodeId id, const Node& node, TapeIndex value) {
  bool fits = true;
  for (auto at = node.first(Group::string); at < node.end(Group::string); ++at) {
    if (run_string(id, program_.instructions[at], value)) continue;
    if (!faults_) return false;
    fits = false;
  }
  return fits;
}

bool Evaluator::run_string(NodeId id, const Instruction& instruction, TapeIndex value) {
  const auto text = tape_.text_of(value);
  switch (instruction.op) {
    case Op::min_length:
      // No more characters than bytes, and no fewer than a quarter of them.
      return (text.size() / 4 >= instruction.a) ||
             (text.size() >= instruction.a && spend_on_text(text.size()) &&
              length_of(text) >= instruction.a) ||
             mismatch(id, "minLength", value,
                      [&] { return "must have at least " + characters(instruction.a); });
    case Op::max_length:
      return text.size() <= instruction.a ||
             (text.size() / 4 <= instruction.a && spend_on_text(text.size()) &&
              length_of(text) <= instruction.a) ||
             mismatch(id, "maxLength", value,
                      [&] { return "must have at most " + characters(instruction.a); });
    case Op::pattern: {
      const auto& pattern = program_.patterns[instruction.a];
      return (spend_on_matching(text.size()) && pattern.matches(text)) || mismatch(id, "pattern", value, [&] {
               return "must match the pattern \"" + to_printable(pattern.text) + "\"";
             });
    }
    case Op::format: {
      const auto& format = *program_.formats[instruction.a];
      return (spend_on_text(text.size()) && format.fits(text)) || mismatch(id, "format", value, [&] {
               return "must have the format \"" + std::string(format.name) + "\"";
             });
    }
    default:
      return true;
  }
}

}  // namespace signalbox::schema
