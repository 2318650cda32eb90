#include "signalbox/config_node.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/config_path.hpp"
#include "base/yaml_scalar.hpp"

namespace signalbox {
namespace {

using base::ScalarType;

void append_json(const ConfigNode& node, std::string& out) {
  switch (node.kind()) {
    case ConfigNode::Kind::null:
      out += "null";
      return;
    case ConfigNode::Kind::scalar:
      out += node.quoted() ? base::json_string(node.text()) : base::scalar_to_json(node.text());
      return;
    case ConfigNode::Kind::sequence: {
      out += '[';
      for (const auto& item : node.items()) {
        if (&item != &node.items().front()) out += ',';
        append_json(item, out);
      }
      out += ']';
      return;
    }
    case ConfigNode::Kind::mapping: {
      out += '{';
      for (const auto& member : node.members()) {
        if (&member != &node.members().front()) out += ',';
        out += base::json_string(member.key);
        out += ':';
        append_json(member.value, out);
      }
      out += '}';
      return;
    }
  }
}

}  // namespace

std::string Place::to_string() const {
  std::string out = file ? *file : std::string();
  if (line == 0) return out;
  if (!out.empty()) out += ':';
  return out + fmt::format("{}:{}", line, column);
}

const std::vector<ConfigNode::Member>& ConfigNode::members() const {
  static const std::vector<Member> none;
  return members_ ? *members_ : none;
}

const ConfigNode* ConfigNode::find(std::string_view key) const {
  const auto& all = members();
  const auto found =
      std::find_if(all.begin(), all.end(), [key](const Member& member) { return member.key == key; });
  return found == all.end() ? nullptr : &found->value;
}

std::string ConfigNode::to_json() const {
  std::string out;
  append_json(*this, out);
  return out;
}

std::string ConfigNode::describe() const {
  switch (kind_) {
    case Kind::null:
      return "nothing";
    case Kind::sequence:
      return "a list";
    case Kind::mapping:
      return "a mapping";
    case Kind::scalar:
      break;
  }
  const bool looks_typed = base::scalar_type(text_) != ScalarType::text;
  if (quoted_) return (looks_typed ? "the text " : "") + base::in_quotes(text_);
  return looks_typed ? text_.substr(0, 60) : base::in_quotes(text_);
}

ConfigNode ConfigNode::scalar(std::string text, bool quoted, Place place, std::string path) {
  ConfigNode node = null(std::move(place), std::move(path));
  node.kind_ = Kind::scalar;
  node.quoted_ = quoted;
  node.text_ = std::move(text);
  return node;
}

ConfigNode ConfigNode::null(Place place, std::string path) {
  ConfigNode node;
  node.place_ = std::move(place);
  node.path_ = std::move(path);
  return node;
}

ConfigNode ConfigNode::sequence(std::vector<ConfigNode> items, Place place, std::string path) {
  ConfigNode node = null(std::move(place), std::move(path));
  node.kind_ = Kind::sequence;
  node.items_ = std::move(items);
  return node;
}

ConfigNode ConfigNode::mapping(std::vector<Member> members, Place place, std::string path) {
  ConfigNode node = null(std::move(place), std::move(path));
  node.kind_ = Kind::mapping;
  node.members_ = std::make_shared<const std::vector<Member>>(std::move(members));
  return node;
}

}  // namespace signalbox
