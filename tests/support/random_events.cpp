#include "support/random_events.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "event/json_scan.hpp"
#include "support/random_vocabulary.hpp"

namespace signalbox::test {
namespace {

using Kind = JsonTree::Kind;

JsonTree make(Kind kind) {
  JsonTree tree;
  tree.kind = kind;
  return tree;
}

/// Values that entries of lists accept, most of the time.
class ValueMaker {
 public:
  explicit ValueMaker(RandomSource& random) : random_(random) {}

  /// A scalar, or an array of them.
  JsonTree for_list(const JsonTree& list) { return for_entry(random_.one_of(list.items)); }

 private:
  JsonTree for_entry(const JsonTree& entry) {
    if (entry.kind == Kind::number) return json_number(respelled_number(random_, entry.text));
    if (entry.is_scalar()) return entry;
    const auto& [name, operand] = entry.members[0];
    if (name == "contains-all" || name == "equals-set") return for_set(operand);
    if (entry.members.size() == 1 || random_.chance(40)) return for_operator(random_.one_of(entry.members));
    return for_several(entry);
  }

  JsonTree for_set(const JsonTree& entries) {
    auto array = make(Kind::array);
    for (const auto& entry : entries.items)
      if (random_.chance(93)) array.items.push_back(for_entry(entry));
    if (random_.chance(15)) array.items.push_back(random_scalar(random_));
    if (array.items.size() > 1 && random_.chance(50)) std::swap(array.items.front(), array.items.back());
    return array;
  }

  /// For operators that must hold together: what satisfies one, between what begins and what ends it.
  JsonTree for_several(const JsonTree& entry) {
    std::string begin, middle, end;
    for (const auto& member : entry.members) {
      if (member.name == "numeric") return for_operator(member);
      const auto text = for_operator(member).text;
      (member.name == "prefix" ? begin : member.name == "suffix" ? end : middle) = text;
    }
    return json_string(begin + middle + end);
  }

  JsonTree for_operator(const JsonTree::Member& member) {
    const auto& [name, operand] = member;
    if (name == "numeric") return json_number(in_range(operand));
    if (name == "exists") return random_scalar(random_);
    if (name == "anything-but") return random_.chance(40) ? excluded(operand) : random_scalar(random_);
    return json_string(for_text_operator(name, operand));
  }

  JsonTree excluded(const JsonTree& operand) {
    if (operand.kind == Kind::array) return for_list(operand);
    if (operand.is_scalar()) return operand;
    const auto& [name, list] = operand.members[0];
    if (name == "numeric" || list.kind != Kind::array) return for_operator(operand.members[0]);
    return for_operator({name, random_.one_of(list.items)});
  }

  std::string for_text_operator(const std::string& name, const JsonTree& operand) {
    const auto more = random_.chance(60) ? random_text(random_) : std::string();
    const bool folded = operand.kind == Kind::object;
    const auto text = folded || name == "equals-ignore-case"
                          ? other_case(folded ? operand.members[0].value.text : operand.text)
                          : operand.text;
    if (name == "prefix") return text + more;
    if (name == "suffix") return more + text;
    if (name == "wildcard") return for_wildcard(text);
    if (name == "regex" || name == "cidr") return sample_for(text);
    return text;
  }

  std::string for_wildcard(const std::string& text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i)
      if (text[i] == '*')
        out += random_.chance(50) ? random_text(random_) : "";
      else
        out += text[i] == '\\' ? text[++i] : text[i];
    return out;
  }

  std::string other_case(std::string text) {
    if (text == "ß") return "SS";
    for (auto& c : text)
      if (((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) && random_.chance(50))
        c = static_cast<char>(c ^ 0x20);
    return text;
  }

  std::string in_range(const JsonTree& range) {
    if (range.items[0].kind == Kind::array) return in_range(random_.one_of(range.items));
    if (random_.chance(40)) return random_number(random_);
    return respelled_number(random_, range.items[random_.chance(50) ? 1 : range.items.size() - 1].text);
  }

  RandomSource& random_;
};

/// Objects with what a pattern asks for.
class ObjectMaker {
 public:
  explicit ObjectMaker(RandomSource& random) : random_(random), values_(random) {}

  void fill(JsonTree& object, const JsonTree& pattern) {
    for (const auto& [key, value] : pattern.members) {
      if (key == "$or" && value.kind == Kind::array && value.items[0].kind == Kind::object)
        fill(object, random_.one_of(value.items));
      else if (key == "$and")
        fill_all(object, value);
      else if (key == "$not")
        fill_some_of(object, value);
      else if (random_.chance(95))
        add(object, key, value);
    }
    if (random_.chance(10)) object.members.push_back({random_name(random_), noise(2)});
  }

 private:
  void fill_all(JsonTree& object, const JsonTree& branches) {
    for (const auto& branch : branches.items)
      if (random_.chance(95)) fill(object, branch);
  }

  void fill_some_of(JsonTree& object, const JsonTree& pattern) {
    if (random_.chance(50)) return;
    auto part = pattern;
    if (part.members.size() > 1 && random_.chance(40)) part.members.erase(part.members.begin());
    fill(object, part);
  }

  void add(JsonTree& object, const std::string& key, const JsonTree& value) {
    const bool literal = key.size() >= 4 && key.starts_with("['") && key.ends_with("']");
    const auto name = literal ? key.substr(2, key.size() - 4) : key;
    const auto dot = name.find('.');
    if (dot == name.npos || random_.chance(literal ? 90 : 40)) return add_member(object, name, value);
    add_below(object, name.substr(0, dot), [&](JsonTree& child) { add(child, name.substr(dot + 1), value); });
  }

  void add_member(JsonTree& object, const std::string& name, const JsonTree& value) {
    if (value.kind == Kind::object)
      return add_below(object, name, [&](JsonTree& child) { fill(child, value); });
    auto* there = random_.chance(90) ? object.find(name) : nullptr;
    if (!there) return object.members.push_back({name, field_value(value)});
    if (there->kind == Kind::array)
      there->items.push_back(field_value(value));
    else if (there->is_scalar())
      *there = array_of(std::move(*there), field_value(value));
  }

  /// Goes on in the object that is the member `name`, or in one or several elements of an array.
  template <class Fill>
  void add_below(JsonTree& object, const std::string& name, const Fill& fill) {
    auto* there = random_.chance(97) ? object.find(name) : nullptr;
    if (!there) {
      object.members.push_back({name, make(random_.chance(55) ? Kind::object : Kind::array)});
      there = &object.members.back().value;
    }
    if (there->kind == Kind::object) return fill(*there);
    if (there->is_scalar()) *there = array_of(std::move(*there), make(Kind::object));
    fill_elements(*there, fill);
  }

  template <class Fill>
  void fill_elements(JsonTree& array, const Fill& fill) {
    for (auto elements = random_.below(3); elements > 0 && array.items.size() < 4; --elements)
      array.items.push_back(random_.chance(80) ? make(Kind::object) : noise(1));
    const bool all = random_.chance(35);
    bool filled = false;
    for (auto& item : array.items)
      if (item.kind == Kind::object && (all || random_.chance(45))) fill(item), filled = true;
    if (filled) return;
    auto element = make(Kind::object);
    fill(element);
    if (random_.chance(10)) element = array_of(std::move(element), noise(1));
    array.items.push_back(std::move(element));
  }

  JsonTree field_value(const JsonTree& list) {
    auto value = random_.chance(88) ? values_.for_list(list) : noise(1);
    if (random_.chance(80)) return value;
    return random_.chance(50) ? array_of(std::move(value), noise(1)) : array_of(noise(0), std::move(value));
  }

  static JsonTree array_of(JsonTree first, JsonTree second) {
    auto array = make(Kind::array);
    array.items.push_back(std::move(first));
    array.items.push_back(std::move(second));
    return array;
  }

  JsonTree noise(int depth) {
    if (depth == 0 || random_.chance(60)) return random_scalar(random_);
    auto tree = make(random_.chance(50) ? Kind::array : Kind::object);
    for (auto size = random_.below(3); size > 0; --size)
      if (tree.kind == Kind::array)
        tree.items.push_back(noise(depth - 1));
      else
        tree.members.push_back({random_name(random_), noise(depth - 1)});
    return tree;
  }

  RandomSource& random_;
  ValueMaker values_;
};

bool is_integer(const std::string& text) {
  const auto digits = text.substr(text.starts_with('-') ? 1 : 0);
  return digits.size() < 10 && digits.find_first_not_of("0123456789") == digits.npos &&
         (digits == "0" ? text == "0" : !digits.starts_with('0'));
}

void set_attribute(EventBuilder& builder, const std::string& name, const JsonTree& value) {
  if (value.kind == Kind::string && !value.text.empty()) builder.set(name, value.text);
  if (value.kind == Kind::yes) builder.set(name, "true", AttributeType::boolean);
  if (value.kind == Kind::no) builder.set(name, "false", AttributeType::boolean);
  if (value.kind == Kind::number && is_integer(value.text))
    builder.set(name, value.text, AttributeType::integer);
}

/// As decoders do, or without a look at the names.
void set_data(RandomSource& random, EventBuilder& builder, const std::string& json) {
  const auto names = event::check_json(json, 64).names;
  builder.data(DataKind::json, json, random.chance(70) ? names : JsonNames::any);
}

}  // namespace

JsonTree random_object_for(RandomSource& random, const JsonTree& pattern) {
  auto object = make(Kind::object);
  ObjectMaker(random).fill(object, pattern);
  return object;
}

Event random_event_for(RandomSource& random, const JsonTree& pattern) {
  EventBuilder builder;
  for (const char* name : {"specversion", "id", "source", "type"})
    builder.set(name, random.one_of({"a", "b", "ab"}));
  if (random.chance(50)) builder.set("size", random.one_of({"1", "0", "42"}), AttributeType::integer);
  if (random.chance(50)) builder.set("urgent", random.one_of({"true", "false"}), AttributeType::boolean);
  const auto object = random_object_for(random, pattern);
  for (const auto& [name, value] : object.members) {
    if (name == "data")
      set_data(random, builder, random_json(random, value));
    else if (is_attribute(name))
      set_attribute(builder, name, value);
  }
  return builder.build();
}

}  // namespace signalbox::test
