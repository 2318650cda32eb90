#include "pipeline/json_path_lookup.hpp"

#include <algorithm>
#include <string>

#include "event/json_scan.hpp"

namespace signalbox::pipeline {
namespace {

/// Steps over the values of a valid JSON text.
class Walker {
 public:
  explicit Walker(std::string_view text) : text_(text) {}

  bool failed() const { return failed_; }

  /// Goes to the value one step further down; false when there is none.
  bool enter(const JsonPath::Step& step) {
    if (const auto* name = std::get_if<std::string>(&step)) return enter_member(*name);
    return enter_element(std::get<std::size_t>(step));
  }

  /// The values in the object or array that comes next; none when it is neither.
  std::vector<std::string_view> read_children() {
    std::vector<std::string_view> children;
    const bool is_object = consume('{');
    if (!is_object && !consume('[')) return children;
    const char end = is_object ? '}' : ']';
    if (consume(end)) return children;
    do {
      if (is_object) {
        if (peek() == '"') read_value();
        if (!consume(':')) failed_ = true;
      }
      peek();
      children.push_back(read_value());
    } while (!failed_ && consume(','));
    if (!consume(end)) failed_ = true;
    return children;
  }

  /// The value that comes next, and what follows it comes next.
  std::string_view read_value() {
    const char first = peek();
    const auto begin = at_;
    if (first == '"') {
      skip_string();
    } else if (first == '{' || first == '[') {
      skip_container();
    } else {
      at_ = std::min(text_.find_first_of(",]} \t\r\n", at_), text_.size());
      if (at_ == begin) failed_ = true;
    }
    return text_.substr(begin, at_ - begin);
  }

 private:
  bool enter_member(std::string_view name) {
    if (!consume('{')) return false;
    if (consume('}')) return false;
    do {
      if (peek() != '"') return fail();
      const auto found = is_key(read_value(), name);
      if (!consume(':')) return fail();
      if (found) return true;
      read_value();
    } while (!failed_ && consume(','));
    return consume('}') ? false : fail();
  }

  bool enter_element(std::size_t index) {
    if (!consume('[')) return false;
    if (consume(']')) return false;
    for (std::size_t i = 0; i < index; ++i) {
      read_value();
      if (failed_) return false;
      if (!consume(',')) return consume(']') ? false : fail();
    }
    return true;
  }

  bool is_key(std::string_view quoted, std::string_view name) const {
    if (failed_) return false;
    const auto content = quoted.substr(1, quoted.size() - 2);
    if (content.find('\\') == std::string_view::npos) return content == name;
    if (!event::JsonCursor(quoted, 0).read_value()) return false;  // unescaping relies on it
    std::string unescaped;
    return event::append_unescaped(unescaped, content, event::UnpairedSurrogates::keep) && unescaped == name;
  }

  /// The next byte that is no white space; 0 at the end.
  char peek() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c != ' ' && c != '\n' && c != '\t' && c != '\r') return c;
      ++at_;
    }
    return 0;
  }

  bool consume(char wanted) {
    if (peek() != wanted) return false;
    ++at_;
    return true;
  }

  bool fail() {
    failed_ = true;
    return false;
  }

  void skip_string() {
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '"') {
        ++at_;
        return;
      }
      if (text_[at_] == '\\') ++at_;
    }
    at_ = text_.size();
    failed_ = true;
  }

  void skip_container() {
    for (std::size_t depth = 0; at_ < text_.size();) {
      const char c = text_[at_];
      if (c == '"') {
        skip_string();
        continue;
      }
      ++at_;
      if (c == '{' || c == '[') ++depth;
      if ((c == '}' || c == ']') && --depth == 0) return;
    }
    failed_ = true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool failed_ = false;
};

}  // namespace

Result<std::optional<std::string_view>> look_up(std::string_view json,
                                                std::span<const JsonPath::Step> steps) {
  using Found = std::optional<std::string_view>;
  Walker walker(json);
  bool found = true;
  for (const auto& step : steps) {
    found = walker.enter(step);
    if (!found) break;
  }
  const auto value = found ? Found(walker.read_value()) : Found();
  if (walker.failed()) return Error(Errc::corrupt, "the event's data is not valid JSON");
  return value;
}

Result<std::vector<std::string_view>> look_up_all(std::string_view json,
                                                  std::span<const JsonPath::Step> steps) {
  const auto each = std::find_if(steps.begin(), steps.end(), [](const JsonPath::Step& step) {
    return std::holds_alternative<JsonPath::Each>(step);
  });
  std::vector<std::string_view> all;
  const auto found = look_up(json, std::span(steps.begin(), each));
  if (!found) return found.error();
  if (!*found) return all;
  if (each == steps.end()) {
    all.push_back(**found);
    return all;
  }
  Walker walker(**found);
  const auto children = walker.read_children();
  if (walker.failed()) return Error(Errc::corrupt, "the event's data is not valid JSON");
  for (const auto child : children) {
    const auto below = look_up_all(child, std::span(each + 1, steps.end()));
    if (!below) return below.error();
    all.insert(all.end(), below->begin(), below->end());
  }
  return all;
}

}  // namespace signalbox::pipeline
