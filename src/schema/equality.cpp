#include "schema/equality.hpp"

#include "event/text_scan.hpp"
#include "schema/number.hpp"

namespace signalbox::schema {
namespace {

std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  a = (a ^ (b + 0x9E3779B97F4A7C15)) * 0xD6E8FEB86659FD93;
  return a ^ a >> 32;
}

/// Takes the work of looking at so many bytes.
bool spend(WorkLeft& left, std::size_t bytes) {
  left -= 1 + static_cast<WorkLeft>(bytes / 64);
  return left >= 0;
}

bool equal_numbers(const JsonTape& a, TapeIndex at_a, const JsonTape& b, TapeIndex at_b) {
  const auto text_a = a.text_of(at_a), text_b = b.text_of(at_b);
  return text_a == text_b || compare(parse_number(text_a), parse_number(text_b)) == 0;
}

bool equal_arrays(const JsonTape& a, TapeIndex at_a, const JsonTape& b, TapeIndex at_b, WorkLeft& left) {
  const auto end = a.next(at_a);
  TapeIndex x = at_a + 1, y = at_b + 1;
  for (; x < end; x = a.next(x), y = b.next(y))
    if (!equal(a, x, b, y, left)) return false;
  return true;
}

bool same_name(const JsonTape& a, TapeIndex x, const JsonTape& b, TapeIndex y) {
  return a[x].link == b[y].link && a.text_of(x) == b.text_of(y);
}

/// The name in `tape`'s object at `object` that equals the one at `x`, looked for from `from` on and then
/// from the beginning: members mostly come in one order.  0 when there is none.
TapeIndex find_name(const JsonTape& a, TapeIndex x, const JsonTape& b, TapeIndex object, TapeIndex from,
                    WorkLeft& left) {
  const auto first = object + 1, end = b.next(object);
  for (auto y = from; y < end; y = b.next(y + 1)) {
    --left;
    if (same_name(a, x, b, y)) return y;
  }
  for (auto y = first; y < from; y = b.next(y + 1)) {
    --left;
    if (same_name(a, x, b, y)) return y;
  }
  return 0;
}

bool equal_objects(const JsonTape& a, TapeIndex at_a, const JsonTape& b, TapeIndex at_b, WorkLeft& left) {
  const auto end = a.next(at_a);
  TapeIndex expected = at_b + 1;
  for (TapeIndex x = at_a + 1; x < end && left >= 0; x = a.next(x + 1)) {
    const auto y = find_name(a, x, b, at_b, expected, left);
    if (y == 0 || !equal(a, x + 1, b, y + 1, left)) return false;
    expected = b.next(y + 1);
  }
  return left >= 0;
}

}  // namespace

bool equal(const JsonTape& a, TapeIndex at_a, const JsonTape& b, TapeIndex at_b, WorkLeft& left) {
  const auto &x = a[at_a], &y = b[at_b];
  if (!spend(left, x.kind < JsonKind::array ? x.size : 0) || x.kind != y.kind) return false;
  switch (x.kind) {
    case JsonKind::null:
    case JsonKind::false_value:
    case JsonKind::true_value:
      return true;
    case JsonKind::number:
      return equal_numbers(a, at_a, b, at_b);
    case JsonKind::string:
      return a.text_of(at_a) == b.text_of(at_b);
    case JsonKind::array:
      return x.size == y.size && equal_arrays(a, at_a, b, at_b, left);
    case JsonKind::object:
      return x.size == y.size && equal_objects(a, at_a, b, at_b, left);
  }
  return false;
}

std::uint64_t hash_of_value(const JsonTape& tape, TapeIndex at, WorkLeft& left) {
  const auto& node = tape[at];
  if (!spend(left, node.kind < JsonKind::array ? node.size : 0)) return 0;
  const auto kind = static_cast<std::uint64_t>(node.kind);
  const auto end = tape.next(at);
  std::uint64_t h = mix(kind, node.size);
  switch (node.kind) {
    case JsonKind::null:
    case JsonKind::false_value:
    case JsonKind::true_value:
      return mix(kind, 0);
    case JsonKind::number:
      return mix(kind, hash_of(parse_number(tape.text_of(at))));
    case JsonKind::string:
      return mix(kind, event::hash_of_name(tape.text_of(at)));
    case JsonKind::array:
      for (auto item = at + 1; item < end && left >= 0; item = tape.next(item))
        h = mix(h, hash_of_value(tape, item, left));
      return h;
    case JsonKind::object:
      for (auto name = at + 1; name < end && left >= 0; name = tape.next(name + 1))
        h += mix(tape[name].link, hash_of_value(tape, name + 1, left));  // in any order
      return h;
  }
  return h;
}

}  // namespace signalbox::schema
