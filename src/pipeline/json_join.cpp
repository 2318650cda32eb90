#include "pipeline/json_join.hpp"

#include <cstddef>
#include <optional>

#include "event/codec.hpp"
#include "event/json_scan.hpp"

namespace signalbox::pipeline {
namespace {

constexpr unsigned kJoinDepthMax = 1024;  // more than any data that has been taken in

bool is_named(const event::JsonValue& member, std::string_view name) {
  if (!member.escaped) return member.content() == name;
  std::string text;
  return event::append_unescaped(text, member.content(), event::UnpairedSurrogates::keep) && text == name;
}

std::string_view kind_of(event::JsonType type) {
  switch (type) {
    case event::JsonType::object:
      return "an object";
    case event::JsonType::array:
      return "an array";
    case event::JsonType::string:
      return "a string";
    case event::JsonType::number:
      return "a number";
    case event::JsonType::boolean:
      return "a boolean";
    case event::JsonType::null:
      return "null";
  }
  return "something else";
}

/// "data.a.b" of the first `count` names.
std::string place_of(std::span<const std::string> names, std::size_t count) {
  std::string place = "data";
  for (const auto& name : names.first(count)) (place += '.') += name;
  return place;
}

/// One step into the text: where the value stands that a name leads to, or where it would be put.
struct Found {
  std::optional<event::JsonValue> value;
  bool has_members = false;
  std::string_view whole;  ///< the object that was looked into
};

/// nullopt when `text` is no valid object.
std::optional<Found> look_for(std::string_view text, std::string_view name) {
  event::JsonCursor cursor(text, kJoinDepthMax);
  const auto begin = cursor.offset();
  Found found;
  if (!cursor.enter_object()) return std::nullopt;
  while (const auto member = cursor.next_member()) {
    found.has_members = true;
    const auto value = cursor.read_value();
    if (!value) return std::nullopt;
    if (is_named(*member, name)) found.value = *value;
  }
  if (cursor.failed()) return std::nullopt;
  const auto last = text.find_last_of('}');
  found.whole = text.substr(begin, last + 1 - begin);
  return found;
}

/// `value` within an object for each of `names`.
std::string wrapped(std::span<const std::string> names, std::string_view value) {
  std::string text;
  for (const auto& name : names) {
    text += '{';
    event::append_json_string(text, name);
    text += ':';
  }
  text += value;
  text.append(names.size(), '}');
  return text;
}

}  // namespace

Result<std::string> join_json(std::string_view object, std::span<const std::string> names,
                              std::string_view value) {
  const auto in_the_way = [&](std::size_t depth, std::string_view kind) {
    return Error(Errc::invalid_argument, place_of(names, depth) + " is " + std::string(kind) +
                                             ", not an object: the answer cannot be joined to it");
  };
  event::JsonCursor first(object, kJoinDepthMax);
  const auto type = first.next_type();
  if (!type) return Error(Errc::corrupt, "the data is no JSON");
  if (*type == event::JsonType::null) return wrapped(names, value);
  if (*type != event::JsonType::object) return in_the_way(0, kind_of(*type));
  auto inside = object;
  for (std::size_t depth = 0; depth < names.size(); ++depth) {
    const auto found = look_for(inside, names[depth]);
    if (!found) return Error(Errc::corrupt, "the data is no JSON");
    const auto offset_of = [&](std::string_view part) {
      return static_cast<std::size_t>(part.data() - object.data());
    };
    const bool last = depth + 1 == names.size();
    if (found->value && !last && found->value->type == event::JsonType::object) {
      inside = found->value->raw;
      continue;
    }
    const auto rest = wrapped(names.subspan(depth + 1), value);
    std::string joined(object);
    if (found->value) {
      if (!last && found->value->type != event::JsonType::null)
        return in_the_way(depth + 1, kind_of(found->value->type));
      joined.replace(offset_of(found->value->raw), found->value->raw.size(), rest);
      return joined;
    }
    std::string member = found->has_members ? "," : "";
    event::append_json_string(member, names[depth]);
    (member += ':') += rest;
    joined.insert(offset_of(found->whole) + found->whole.size() - 1, member);
    return joined;
  }
  return Error(Errc::invalid_argument, "there is no place to join the answer at");
}

}  // namespace signalbox::pipeline
