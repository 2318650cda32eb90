#include "schema/constant_pool.hpp"

#include <bit>
#include <cassert>
#include <limits>

#include "schema/equality.hpp"

namespace signalbox::schema {
namespace {

Choice make_choice(const Program& program, Range constants) {
  Choice choice;
  choice.constants = constants;
  choice.slots.assign(std::bit_ceil(std::size_t{constants.count} * 2 + 1), {0, kNoNode});
  choice.mask = choice.slots.size() - 1;
  for (auto i = constants.first; i < constants.first + constants.count; ++i) {
    WorkLeft left = std::numeric_limits<WorkLeft>::max();
    const auto hash = hash_of_value(program.constants_tape, program.constants[i], left);
    auto slot = hash & choice.mask;
    while (choice.slots[slot].second != kNoNode) slot = (slot + 1) & choice.mask;
    choice.slots[slot] = {hash, i};
  }
  return choice;
}

}  // namespace

std::uint32_t ConstantPool::add(const JsonTape& tape, TapeIndex at) {
  if (count_ > 0) text_ += ',';
  text_ += tape.json_of(at);
  return count_++;
}

std::uint32_t ConstantPool::add_choice(const JsonTape& tape, TapeIndex array) {
  choices_.push_back({count_, tape[array].size});
  for (auto item = array + 1; item < tape.next(array); item = tape.next(item)) add(tape, item);
  return static_cast<std::uint32_t>(choices_.size() - 1);
}

std::uint32_t ConstantPool::add_bound(const JsonTape& tape, TapeIndex at) {
  bounds_.push_back(add(tape, at));
  return static_cast<std::uint32_t>(bounds_.size() - 1);
}

void ConstantPool::move_into(Program& program) && {
  program.constants_text = std::move(text_) + "]";
  program.constants_text.shrink_to_fit();
  auto& tape = program.constants_tape;
  const bool read = tape.read(program.constants_text, std::numeric_limits<unsigned>::max());
  assert(read);
  for (TapeIndex at = 1; read && at < tape.next(0); at = tape.next(at)) program.constants.push_back(at);
  for (const auto bound : bounds_)
    program.bounds.push_back(parse_number(tape.text_of(program.constants[bound])));
  for (const auto range : choices_) program.choices.push_back(make_choice(program, range));
}

}  // namespace signalbox::schema
