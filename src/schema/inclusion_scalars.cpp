// What inclusion shows of numbers and strings.
#include <algorithm>

#include "schema/inclusion.hpp"

namespace signalbox::schema {
namespace {

bool is_lower(Op op) { return op == Op::minimum || op == Op::exclusive_minimum; }

NumberBound bound_of(const Program& program, const Instruction& instruction) {
  return {program.bounds[instruction.a],
          instruction.op == Op::exclusive_minimum || instruction.op == Op::exclusive_maximum};
}

/// A bound of integers as one that is not exclusive.  nullopt when it is no integer, or a large one.
std::optional<std::int64_t> closest_integer(const NumberBound& bound, std::int64_t step) {
  const auto& number = bound.number;
  if (!number.integer() || number.digits + number.exponent > 17) return std::nullopt;
  auto value = static_cast<std::int64_t>(number.mantissa);
  for (auto i = number.exponent; i > 0 && !number.zero(); --i) value *= 10;
  return (number.negative ? -value : value) + (bound.exclusive ? step : 0);
}

/// Whether what `own` lets through is let through by `wanted`; `step`: 1 for lower bounds, -1 for upper ones.
bool is_within(const std::optional<NumberBound>& own, const NumberBound& wanted, int step, bool integers) {
  if (!own) return false;
  const auto order = step * compare(own->number, wanted.number);
  if (order > 0 || (order == 0 && (own->exclusive || !wanted.exclusive))) return true;
  if (!integers) return false;
  const auto first = closest_integer(*own, step), needed = closest_integer(wanted, step);
  return first && needed && step * *first >= step * *needed;
}

std::string describe(const Program& program, const Instruction& instruction) {
  const std::string number(program.bounds[instruction.a].text.substr(0, 40));
  switch (instruction.op) {
    case Op::minimum:
      return "at least " + number;
    case Op::exclusive_minimum:
      return "more than " + number;
    case Op::maximum:
      return "at most " + number;
    case Op::exclusive_maximum:
      return "less than " + number;
    default:
      return "a multiple of " + number;
  }
}

std::string_view keyword_of(Op op) {
  switch (op) {
    case Op::minimum:
      return "minimum";
    case Op::exclusive_minimum:
      return "exclusiveMinimum";
    case Op::maximum:
      return "maximum";
    case Op::exclusive_maximum:
      return "exclusiveMaximum";
    case Op::multiple_of:
      return "multipleOf";
    default:
      return "";
  }
}

std::string characters_counted(std::uint32_t count) {
  return std::to_string(count) + (count == 1 ? " character" : " characters");
}

}  // namespace

bool Inclusion::prove_numbers(const ValueSet& values, const Facts& facts, NodeId reader) {
  bool shown = true;
  const auto& program = reader_.program();
  const bool integers = !(facts.atoms & kNumber);
  reader_.each(reader, Group::number, [&](const Instruction& instruction, std::uint32_t) {
    bool follows;
    if (instruction.op == Op::multiple_of)
      follows = prove_multiple(facts, program.bounds[instruction.a]);
    else if (is_lower(instruction.op))
      follows = is_within(writer_.lower(facts), bound_of(program, instruction), 1, integers);
    else
      follows = is_within(writer_.upper(facts), bound_of(program, instruction), -1, integers);
    if (follows) return;
    shown = differ(values.near, reader, keyword_of(instruction.op), [&] {
      return names_.reader + " asks for " + describe(program, instruction) + ", " + names_.writer_again +
             " allows other numbers";
    });
  });
  return shown;
}

bool Inclusion::prove_multiple(const Facts& facts, const Number& divisor) {
  if (!(facts.atoms & kNumber) && is_multiple(parse_number("1"), divisor)) return true;
  bool shown = false;
  for (const auto id : facts.nodes)
    writer_.each(id, Group::number, [&](const Instruction& own, std::uint32_t) {
      shown |= own.op == Op::multiple_of && is_multiple(writer_.program().bounds[own.a], divisor);
    });
  return shown;
}

bool Inclusion::prove_strings(const ValueSet& values, const Facts& facts, NodeId reader) {
  bool shown = true;
  const auto& program = reader_.program();
  const auto lacks = [&](std::string_view keyword, const std::string& what) {
    shown = differ(values.near, reader, keyword, [&] {
      return names_.reader + " asks for " + what + ", " + names_.writer_again + " does not";
    });
  };
  reader_.each(reader, Group::string, [&](const Instruction& instruction, std::uint32_t) {
    switch (instruction.op) {
      case Op::min_length:
        if (writer_.min_length(facts) < instruction.a)
          lacks("minLength", "at least " + characters_counted(instruction.a));
        return;
      case Op::max_length:
        if (writer_.max_length(facts) > instruction.a)
          lacks("maxLength", "at most " + characters_counted(instruction.a));
        return;
      case Op::format:
        if (!writer_has(facts, instruction))
          lacks("format", "the format " + std::string(program.formats[instruction.a]->name));
        return;
      default:
        if (writer_has(facts, instruction)) return;
        shown = give_up(values.near, reader, "pattern", [&] {
          return "cannot be shown to be compatible: " + names_.writer +
                 " does not ask for the same pattern, and patterns are not compared";
        });
    }
  });
  return shown;
}

/// Whether the writer has the same pattern or format.
bool Inclusion::writer_has(const Facts& facts, const Instruction& instruction) {
  const auto &own_program = writer_.program(), &program = reader_.program();
  bool has = false;
  for (const auto id : facts.nodes)
    writer_.each(id, Group::string, [&](const Instruction& own, std::uint32_t) {
      if (own.op != instruction.op) return;
      has |= own.op == Op::format ? own_program.formats[own.a] == program.formats[instruction.a]
                                  : own_program.patterns[own.a].text == program.patterns[instruction.a].text;
    });
  return has;
}

}  // namespace signalbox::schema
