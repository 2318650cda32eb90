#include "support/json_tree.hpp"

#include <stdexcept>
#include <utility>

namespace signalbox::test {
namespace {

using Kind = JsonTree::Kind;

void append_utf8(std::string& out, std::uint32_t c) {
  const auto byte = [&out](std::uint32_t value) { out += static_cast<char>(value); };
  if (c < 0x80) return byte(c);
  if (c < 0x800) return byte(0xC0 | c >> 6), byte(0x80 | (c & 0x3F));
  if (c < 0x10000) return byte(0xE0 | c >> 12), byte(0x80 | (c >> 6 & 0x3F)), byte(0x80 | (c & 0x3F));
  byte(0xF0 | c >> 18), byte(0x80 | (c >> 12 & 0x3F)), byte(0x80 | (c >> 6 & 0x3F)), byte(0x80 | (c & 0x3F));
}

class Parser {
 public:
  explicit Parser(std::string_view text) : rest_(text) {}

  JsonTree whole() {
    auto tree = value();
    skip_space();
    require(rest_.empty());
    return tree;
  }

 private:
  static void require(bool holds) {
    if (!holds) throw std::invalid_argument("no JSON");
  }
  void skip_space() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size())); }
  bool skip(std::string_view token) {
    if (!rest_.starts_with(token)) return false;
    rest_.remove_prefix(token.size());
    return true;
  }

  JsonTree value() {
    skip_space();
    JsonTree tree;
    if (skip("null")) return tree;
    if (skip("true")) return tree.kind = Kind::yes, tree;
    if (skip("false")) return tree.kind = Kind::no, tree;
    if (rest_.starts_with('"')) return json_string(string());
    if (skip("[")) return array();
    if (skip("{")) return object();
    const auto size = std::min(rest_.find_first_not_of("0123456789+-.eE"), rest_.size());
    require(size > 0);
    tree = json_number(std::string(rest_.substr(0, size)));
    rest_.remove_prefix(size);
    return tree;
  }

  JsonTree array() {
    JsonTree tree;
    tree.kind = Kind::array;
    skip_space();
    if (skip("]")) return tree;
    while (true) {
      tree.items.push_back(value());
      skip_space();
      if (skip("]")) return tree;
      require(skip(","));
    }
  }

  JsonTree object() {
    JsonTree tree;
    tree.kind = Kind::object;
    skip_space();
    if (skip("}")) return tree;
    while (true) {
      skip_space();
      auto name = string();
      skip_space();
      require(skip(":"));
      tree.members.push_back({std::move(name), value()});
      skip_space();
      if (skip("}")) return tree;
      require(skip(","));
    }
  }

  std::string string() {
    require(skip("\""));
    std::string out;
    while (!skip("\"")) {
      require(!rest_.empty());
      if (skip("\\u"))
        append_utf8(out, character());
      else if (skip("\\"))
        out += escaped();
      else
        out += rest_.front(), rest_.remove_prefix(1);
    }
    return out;
  }

  char escaped() {
    constexpr std::string_view letters = "\"\\/bfnrt", meanings = "\"\\/\b\f\n\r\t";
    require(!rest_.empty());
    const auto at = letters.find(rest_.front());
    require(at != letters.npos);
    rest_.remove_prefix(1);
    return meanings[at];
  }

  std::uint32_t unit() {
    require(rest_.size() >= 4);
    const auto value = std::stoul(std::string(rest_.substr(0, 4)), nullptr, 16);
    rest_.remove_prefix(4);
    return static_cast<std::uint32_t>(value);
  }

  std::uint32_t character() {
    const auto first = unit();
    const auto before = rest_;
    if (first < 0xD800 || first > 0xDBFF || !skip("\\u")) return first;
    const auto second = unit();
    if (second >= 0xDC00 && second <= 0xDFFF) return 0x10000 + ((first & 0x3FF) << 10) + (second & 0x3FF);
    rest_ = before;
    return first;
  }

  std::string_view rest_;
};

}  // namespace

JsonTree* JsonTree::find(std::string_view name) {
  for (auto& member : members)
    if (member.name == name) return &member.value;
  return nullptr;
}

JsonTree parse_json_tree(std::string_view text) { return Parser(text).whole(); }

JsonTree json_string(std::string text) {
  JsonTree tree;
  tree.kind = Kind::string;
  tree.text = std::move(text);
  return tree;
}

JsonTree json_number(std::string text) {
  auto tree = json_string(std::move(text));
  tree.kind = Kind::number;
  return tree;
}

std::string to_json_string(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20)
      out += {'\\', 'u', '0', '0', digits[byte >> 4], digits[byte & 15]};
    else if (c == '"' || c == '\\')
      out += {'\\', c};
    else
      out += c;
  }
  return out + '"';
}

std::string to_json(const JsonTree& tree) {
  switch (tree.kind) {
    case Kind::null:
      return "null";
    case Kind::yes:
      return "true";
    case Kind::no:
      return "false";
    case Kind::number:
      return tree.text;
    case Kind::string:
      return to_json_string(tree.text);
    case Kind::array:
    case Kind::object:
      break;
  }
  std::string out;
  for (const auto& item : tree.items) out += (out.empty() ? "" : ",") + to_json(item);
  if (tree.kind == Kind::array) return "[" + out + "]";
  for (const auto& [name, value] : tree.members)
    out += (out.empty() ? "" : ",") + to_json_string(name) + ":" + to_json(value);
  return "{" + out + "}";
}

}  // namespace signalbox::test
