#include "schema/inference.hpp"

#include <algorithm>

#include "event/characters.hpp"
#include "schema/inferred_formats.hpp"
#include "schema/keywords.hpp"
#include "schema/value_set.hpp"

namespace signalbox::schema {
namespace {

/// A value may be nested deeper than is described.
constexpr unsigned kValueDepthMax = 1024;
/// A schema has at most 128 levels, and a shape within another takes two.
constexpr unsigned kInferredDepthMax = 60;

/// Kept between values, so that learning one does not begin with an allocation.
JsonTape& tape_of_thread() {
  thread_local JsonTape tape;
  return tape;
}

}  // namespace

// Here, where Member is complete.
InferredShape::Shape::Shape() = default;
InferredShape::Shape::Shape(const Shape&) = default;
InferredShape::Shape::Shape(Shape&&) noexcept = default;
InferredShape::Shape& InferredShape::Shape::operator=(const Shape&) = default;
InferredShape::Shape& InferredShape::Shape::operator=(Shape&&) noexcept = default;
InferredShape::Shape::~Shape() = default;

/// Makes shapes wider, by values or by other shapes, within the limits.
///
/// Recursive, over what is described: `limits.depth` deep, or as deep as the other shape is.
class InferredShape::Widener {
 public:
  explicit Widener(InferredShape& whole) : whole_(whole), limits_(whole.options_.limits) {}

  bool changed() const { return changed_; }

  void learn(Shape& shape, const JsonTape& tape, TapeIndex at, unsigned depth = 0) {
    if (shape.any) return;
    const auto type = atom_of(tape, at);
    const bool first = !(shape.types & type);
    add_types(shape, type);
    switch (type) {
      case kString:
        return learn_string(shape, tape.text_of(at), first);
      case kArray:
        return learn_array(shape, tape, at, depth);
      case kObject:
        return learn_object(shape, tape, at, depth, first);
      default:
        return;
    }
  }

  void join(Shape& into, const Shape& from) {
    if (into.any) return;
    if (from.any) return give_up(into);
    const auto before = into.types;
    add_types(into, from.types);
    if (from.types & kString) join_format(into, from.format, !(before & kString));
    if (!from.items.empty()) join(items_of(into), from.items.front());
    if (from.types & kObject) join_objects(into, from, !(before & kObject));
  }

 private:
  void add_types(Shape& shape, unsigned types) {
    auto wider = shape.types | types;
    if (wider & kNumber) wider &= ~unsigned{kInteger};
    changed_ |= wider != shape.types;
    shape.types = static_cast<std::uint8_t>(wider);
  }

  void learn_string(Shape& shape, std::string_view text, bool first) {
    if (first)
      shape.format = format_of(text);
    else if (shape.format != 0 && !has_format(text, shape.format))
      set_format(shape, 0);
  }

  void join_format(Shape& into, InferredFormat format, bool first) {
    if (first)
      into.format = format;
    else if (into.format != format)
      set_format(into, 0);
  }

  void set_format(Shape& shape, InferredFormat format) {
    changed_ |= shape.format != format;
    shape.format = format;
  }

  void learn_array(Shape& shape, const JsonTape& tape, TapeIndex at, unsigned depth) {
    if (tape[at].size == 0) return;
    auto& items = items_of(shape);
    if (depth >= limits_.depth) return limit(items);
    for (auto item = at + 1; item < tape.next(at) && !items.any; item = tape.next(item))
      learn(items, tape, item, depth + 1);
  }

  Shape& items_of(Shape& shape) {
    if (shape.items.empty()) add_only(shape.items);
    return shape.items.front();
  }

  /// The one shape of all elements or members; it is there whatever the limits, if only to say nothing.
  void add_only(std::vector<Shape>& only) {
    changed_ = true;
    only.emplace_back();
    if (whole_.shapes_++ >= limits_.shapes) limit(only.front());
  }

  void learn_object(Shape& shape, const JsonTape& tape, TapeIndex at, unsigned depth, bool first) {
    if (depth >= limits_.depth && tape[at].size > 0) limit_members(shape);
    const auto visit = ++whole_.visits_;
    std::uint32_t required = 0;
    for (auto name = at + 1; name < tape.next(at); name = tape.next(name + 1)) {
      if (shape.map) {
        if (shape.values.front().any) return;
        learn(shape.values.front(), tape, name + 1, depth + 1);
        continue;
      }
      auto* member = member_of(shape, tape.text_of(name), first);
      if (!member) continue;
      required += member->required && member->seen != visit;
      member->seen = visit;
      learn(member->shape, tape, name + 1, depth + 1);
      take_for_map_by_names(shape);
    }
    if (shape.map) return;
    if (required < shape.required)
      for (auto& member : shape.members)
        if (member.seen != visit) make_optional(shape, member);
    take_for_map_by_absence(shape);
  }

  template <class Members>
  static auto place_of(Members& members, std::string_view name) {
    return std::lower_bound(
        members.begin(), members.end(), name,
        [](const Member& member, std::string_view wanted) { return member.name.compare(wanted) < 0; });
  }

  /// The member of that name, added when it is new; nullptr when there is no room for it.
  Member* member_of(Shape& shape, std::string_view name, bool required) {
    const auto at = place_of(shape.members, name);
    if (at != shape.members.end() && at->name == name) return &*at;
    if (shape.more) return nullptr;  // maybe it was there before
    if (whole_.shapes_ >= limits_.shapes || whole_.name_bytes_ + name.size() > limits_.name_bytes ||
        !event::is_utf8(name)) {
      limit_members(shape);
      return nullptr;
    }
    changed_ = true;
    ++whole_.shapes_;
    whole_.name_bytes_ += name.size();
    shape.required += required;
    shape.data_names += is_data_name(name);
    Member member;
    member.name = name;
    member.required = required;
    return &*shape.members.insert(at, std::move(member));
  }

  void make_optional(Shape& shape, Member& member) {
    if (!member.required) return;
    member.required = false;
    --shape.required;
    changed_ = true;
  }

  void take_for_map_by_names(Shape& shape) {
    if (shape.members.size() > limits_.members || shape.data_names > limits_.data_names) make_map(shape);
  }

  void take_for_map_by_absence(Shape& shape) {
    if (!shape.map && shape.members.size() - shape.required > limits_.optional_members) make_map(shape);
  }

  void make_map(Shape& shape) {
    if (shape.map) return;
    changed_ = true;
    Shape all;
    if (shape.more) all.any = true;
    auto members = std::move(shape.members);
    forget_members(shape, members);
    ++whole_.shapes_;
    shape.values.push_back(std::move(all));
    for (const auto& member : members) join(shape.values.front(), member.shape);
  }

  void forget_members(Shape& shape, const std::vector<Member>& members) {
    for (const auto& member : members) {
      whole_.shapes_ -= 1 + shapes_in(member.shape);
      whole_.name_bytes_ -= member.name.size() + names_in(member.shape);
    }
    shape.members.clear();
    shape.required = shape.data_names = 0;
    shape.more = false;
    shape.map = true;
  }

  void join_objects(Shape& into, const Shape& from, bool first) {
    if (from.more) limit_members(into);
    if (from.map) make_map(into);
    if (into.map) {
      for (const auto& value : from.values) join(into.values.front(), value);
      for (const auto& member : from.members) join(into.values.front(), member.shape);
      return;
    }
    for (auto& member : into.members) {
      const auto at = place_of(from.members, member.name);
      if (at == from.members.end() || at->name != member.name || !at->required) make_optional(into, member);
    }
    for (const auto& member : from.members) {
      if (into.map)
        join(into.values.front(), member.shape);
      else if (auto* own = member_of(into, member.name, first && member.required))
        join(own->shape, member.shape);
      if (!into.map) take_for_map_by_names(into);
    }
    take_for_map_by_absence(into);
  }

  /// A limit is met by some value of this shape.
  void limit(Shape& shape) {
    whole_.limited_ = true;
    give_up(shape);
  }

  /// A limit is met by some member that is not described.
  void limit_members(Shape& shape) {
    whole_.limited_ = true;
    if (shape.map) return limit(shape.values.front());
    changed_ |= !shape.more;
    shape.more = true;
    if (shape.members.empty()) make_map(shape);  // of anything: which would have the same text
  }

  void give_up(Shape& shape) {
    if (shape.any) return;
    whole_.shapes_ -= shapes_in(shape);
    whole_.name_bytes_ -= names_in(shape);
    shape = Shape();
    shape.any = changed_ = true;
  }

  static std::size_t shapes_in(const Shape& shape) {
    std::size_t count = 0;
    for (const auto& member : shape.members) count += 1 + shapes_in(member.shape);
    for (const auto& value : shape.values) count += 1 + shapes_in(value);
    for (const auto& item : shape.items) count += 1 + shapes_in(item);
    return count;
  }

  static std::size_t names_in(const Shape& shape) {
    std::size_t bytes = 0;
    for (const auto& member : shape.members) bytes += member.name.size() + names_in(member.shape);
    for (const auto& value : shape.values) bytes += names_in(value);
    for (const auto& item : shape.items) bytes += names_in(item);
    return bytes;
  }

  InferredShape& whole_;
  const InferenceLimits& limits_;
  bool changed_ = false;
};

InferredShape::InferredShape(InferenceOptions options) : options_(options) {
  options_.limits.depth = std::min(options_.limits.depth, kInferredDepthMax);
}

Result<bool> InferredShape::add(std::string_view json) {
  if (json.size() > options_.limits.value_bytes)
    return Error(Errc::too_large, "a value that a schema is inferred from has at most " +
                                      std::to_string(options_.limits.value_bytes) + " bytes");
  auto& tape = tape_of_thread();
  if (!tape.read(json, kValueDepthMax)) return Error(Errc::invalid_argument, "not JSON " + tape.message());
  Widener widener(*this);
  widener.learn(root_, tape, 0);
  tape.trim();
  return widener.changed();
}

bool InferredShape::merge(const InferredShape& other) {
  if (&other == this) return false;
  Widener widener(*this);
  widener.join(root_, other.root_);
  limited_ |= other.limited_;
  return widener.changed();
}

}  // namespace signalbox::schema
