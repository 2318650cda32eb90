#include "pipeline/template.hpp"

#include <algorithm>
#include <utility>

#include "base/ascii_text.hpp"
#include "event/codec.hpp"
#include "event/json_scan.hpp"

namespace signalbox::pipeline {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

bool is_placeholder_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
         c == '.';
}

/// What stands between `<` (at `at`) and `>`; "" when that is no placeholder.
std::string_view placeholder_at(std::string_view text, std::size_t at) {
  const auto rest = text.substr(at + 1, JsonPath::kTextBytesMax + 1);
  const auto inside = rest.substr(0, std::min(rest.find('>'), rest.size()));
  if (inside.empty() || inside.size() == rest.size()) return {};
  if (inside[0] == '$') return inside.find('\n') == std::string_view::npos ? inside : std::string_view();
  return std::all_of(inside.begin(), inside.end(), is_placeholder_character) ? inside : std::string_view();
}

bool is_lone_placeholder(std::string_view text) {
  return !text.empty() && text[0] == '<' && placeholder_at(text, 0).size() + 2 == text.size();
}

/// Where the JSON string that begins at `at` has ended; npos when it does not end.
std::size_t end_of_string(std::string_view text, std::size_t at) {
  for (++at; at < text.size(); ++at) {
    if (text[at] == '"') return at + 1;
    if (text[at] == '\\') ++at;
  }
  return std::string_view::npos;
}

/// Whether a text is several JSON strings, each on a line of its own.
bool is_quoted_lines(std::string_view text) {
  std::size_t lines = 0;
  for (std::size_t at = 0; at < text.size(); ++lines) {
    if (text[at] != '"') return false;
    const auto end = end_of_string(text, at);
    if (end == std::string_view::npos) return false;
    at = std::min(text.find_first_not_of(" \t\r\n", end), text.size());
    if (at < text.size() && text.substr(end, at - end).find('\n') == std::string_view::npos) return false;
  }
  return lines > 1;
}

std::string near(std::string_view text, std::size_t at) {
  return "line " +
         std::to_string(1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n')) +
         " of the template";
}

/// `text` as a JSON string in which `\<` keeps its meaning for the template.
void append_template_string(std::string& out, std::string_view text) {
  out += '"';
  for (std::size_t at = 0;;) {
    const auto escape = text.find("\\<", at);
    std::string quoted;
    event::append_json_string(quoted,
                              text.substr(at, escape == std::string_view::npos ? escape : escape - at));
    out.append(quoted, 1, quoted.size() - 2);
    if (escape == std::string_view::npos) break;
    out += "\\<";
    at = escape + 2;
  }
  out += '"';
}

void append_template_node(std::string& out, const ConfigNode& node) {
  switch (node.kind()) {
    case ConfigNode::Kind::null:
      out += "null";
      return;
    case ConfigNode::Kind::scalar: {
      if (!node.quoted() && is_lone_placeholder(node.text())) {
        out += node.text();
        return;
      }
      const auto json = node.to_json();
      if (json.starts_with('"')) {
        append_template_string(out, node.text());
      } else {
        out += json;
      }
      return;
    }
    case ConfigNode::Kind::sequence: {
      out += '[';
      const char* separator = "";
      for (const auto& item : node.items()) {
        out += std::exchange(separator, ",");
        append_template_node(out, item);
      }
      out += ']';
      return;
    }
    case ConfigNode::Kind::mapping: {
      out += '{';
      const char* separator = "";
      for (const auto& member : node.members()) {
        out += std::exchange(separator, ",");
        append_template_string(out, member.key);
        out += ':';
        append_template_node(out, member.value);
      }
      out += '}';
      return;
    }
  }
}

}  // namespace

/// Cuts a template into pieces and, for JSON, writes the skeleton: the template with a value at each
/// placeholder, which is valid JSON exactly when every rendering is.
class Template::Parser {
 public:
  Parser(std::string_view text, Format format, TemplateVariables& variables)
      : text_(text), variables_(variables) {
    result_.format_ = format;
  }

  Result<Template> run() {
    if (text_.size() > kTextBytesMax) return Error(Errc::too_large, "the template is longer than 64 KiB");
    if (const auto fault = event::validate_json_encoding(text_))
      return Error(Errc::invalid_argument, fault->message);
    if (auto status = read(); !status) return status.error();
    flush();
    return std::move(result_);
  }

 private:
  Status read() {
    switch (result_.format_) {
      case Format::json:
        return read_json();
      case Format::text:
        return read_text();
      case Format::quoted_lines:
        return read_lines();
    }
    return ok();
  }

  Status read_text() {
    while (at_ < text_.size()) {
      if (text_.substr(at_, 2) == "\\<") {
        literal_ += '<';
        at_ += 2;
      } else if (const auto name = placeholder(); !name.empty()) {
        if (auto status = add(name, Piece::Kind::text); !status) return status;
      } else {
        literal_ += text_[at_++];
      }
    }
    return ok();
  }

  Status read_json() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') {
        if (auto status = read_string(); !status) return status;
      } else if (const auto name = placeholder(); !name.empty()) {
        if (auto status = add(name, Piece::Kind::json_value); !status) return status;
        skeleton_ += " null ";
      } else {
        if (c == '{' || c == '[') ++depth_;
        if ((c == '}' || c == ']') && depth_ > 0) --depth_;
        skeleton_ += c;
        if (!is_space(c)) literal_ += c;
        ++at_;
      }
    }
    return check_skeleton();
  }

  /// REQUIRES: is_quoted_lines().
  Status read_lines() {
    skeleton_ = "[";
    for (text_ = base::trim_white_space(text_); at_ < text_.size();) {
      if (auto status = read_string(); !status) return status;
      at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size());
      if (at_ == text_.size()) break;
      literal_ += '\n';
      skeleton_ += ',';
    }
    skeleton_ += ']';
    return check_skeleton();
  }

  Status check_skeleton() const {
    const auto fault = event::validate_json(skeleton_, kDepthMax);
    if (!fault) return ok();
    return Error(Errc::invalid_argument,
                 "the template cannot become valid JSON: " + fault->message +
                     (fault->pointer.empty() ? std::string() : " at " + fault->pointer));
  }

  Status read_string() {
    bool has_placeholder = false;
    copy(1);
    while (at_ < text_.size() && text_[at_] != '"') {
      if (text_.substr(at_, 2) == "\\<") {
        literal_ += '<';
        skeleton_ += '<';
        at_ += 2;
      } else if (text_[at_] == '\\') {
        copy(2);
      } else if (const auto name = placeholder(); !name.empty()) {
        if (auto status = add(name, Piece::Kind::in_json_string); !status) return status;
        skeleton_ += 'x';  // a value, so that "\u00<v>41" does not pass for "\u0041"
        has_placeholder = true;
      } else {
        copy(1);
      }
    }
    if (at_ == text_.size()) return Error(Errc::invalid_argument, "a quote is not closed");
    copy(1);
    const auto next = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size());
    if (has_placeholder && next < text_.size() && text_[next] == ':')
      return Error(Errc::invalid_argument, "a variable cannot be a member's name; " + near(text_, at_));
    return ok();
  }

  std::string_view placeholder() const {
    return text_[at_] == '<' ? placeholder_at(text_, at_) : std::string_view();
  }

  void copy(std::size_t count) {
    const auto bytes = text_.substr(at_, count);
    literal_ += bytes;
    skeleton_ += bytes;
    at_ += bytes.size();
  }

  Status add(std::string_view name, Piece::Kind kind) {
    const auto slot = variables_.slot(name);
    if (!slot) return slot.error();
    flush();
    result_.pieces_.push_back({kind, depth_, *slot, {}});
    at_ += name.size() + 2;
    return ok();
  }

  void flush() {
    if (!literal_.empty())
      result_.pieces_.push_back({Piece::Kind::literal, 0, 0, std::exchange(literal_, {})});
  }

  std::string_view text_;
  TemplateVariables& variables_;
  Template result_;
  std::size_t at_ = 0;
  unsigned depth_ = 0;
  std::string literal_, skeleton_;
};

Template::Format Template::format_of(std::string_view text) {
  text = base::trim_white_space(text);
  if (text.empty()) return Format::text;
  if (is_quoted_lines(text)) return Format::quoted_lines;
  if (text[0] == '{' || text[0] == '[' || text[0] == '"') return Format::json;
  return is_lone_placeholder(text) ? Format::json : Format::text;
}

Result<Template> Template::parse(std::string_view text, Format format, TemplateVariables& variables) {
  return Parser(text, format, variables).run();
}

Template Template::placeholder(std::size_t slot) {
  Template result;
  result.pieces_.push_back({Piece::Kind::text, 0, slot, {}});
  return result;
}

std::string Template::text_of(const ConfigNode& node) {
  std::string text;
  append_template_node(text, node);
  return text;
}

bool Template::is_literal() const {
  return std::all_of(pieces_.begin(), pieces_.end(),
                     [](const Piece& p) { return p.kind == Piece::Kind::literal; });
}

std::optional<std::size_t> Template::lone_slot() const {
  if (pieces_.size() != 1 || pieces_[0].kind == Piece::Kind::literal) return std::nullopt;
  return pieces_[0].slot;
}

Result<std::string> Template::render(const TemplateValues& values) const {
  std::string out;
  for (const auto& piece : pieces_) {
    switch (piece.kind) {
      case Piece::Kind::literal:
        out += piece.literal;
        break;
      case Piece::Kind::json_value:
        if (values[piece.slot].is_container() &&
            piece.depth + json_depth(values[piece.slot].bytes) > kDepthMax)
          return Error(Errc::too_large, "the template's result nests deeper than 64");
        append_as_json(out, values[piece.slot]);
        break;
      case Piece::Kind::in_json_string:
        append_inside_json_string(out, values[piece.slot]);
        break;
      case Piece::Kind::text:
        if (!append_as_text(out, values[piece.slot]))
          return Error(Errc::invalid_argument, "a value is no Unicode text: it has an unpaired surrogate");
        break;
    }
    if (out.size() > kResultBytesMax)
      return Error(Errc::too_large, "the template's result is larger than 1 MiB");
  }
  return out;
}

}  // namespace signalbox::pipeline
