#include "pipeline/json_path.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace signalbox::pipeline {
namespace {

constexpr std::string_view kNotInDottedNames = " \t\r\n.[]()*?,:@'\"<>\\";

Error wrong(std::string_view path, std::string_view what) {
  return Error(Errc::invalid_argument, "path \"" + std::string(path) + "\": " + std::string(what));
}

Error not_built_in(std::string_view path) {
  return Error(Errc::unsupported,
               "path \"" + std::string(path) + "\": slices, filters and \"..\" are not supported");
}

bool is_attribute_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  });
}

/// Reads the steps of one path, left to right.
class Scanner {
 public:
  explicit Scanner(std::string_view path) : path_(path), at_(1) {}

  bool at_end() const { return at_ == path_.size(); }

  Result<JsonPath::Step> next() {
    const char c = path_[at_++];
    if (c == '.') return dotted();
    if (c == '[') return bracketed();
    return wrong(path_, "expected \".\" or \"[\" at character " + std::to_string(at_));
  }

 private:
  Result<JsonPath::Step> dotted() {
    if (path_.substr(at_, 1) == "*") {
      ++at_;
      return JsonPath::Step(JsonPath::Each());
    }
    const auto end = std::min(path_.find_first_of(kNotInDottedNames, at_), path_.size());
    if (end < path_.size() && (path_[end] == '*' || path_[end] == '?')) return not_built_in(path_);
    if (end == at_ && end < path_.size() && path_[end] == '.') return not_built_in(path_);
    if (end == at_) return wrong(path_, "a name is missing at character " + std::to_string(at_ + 1));
    if (end < path_.size() && path_[end] != '.' && path_[end] != '[')
      return wrong(path_,
                   "write names with such characters as ['…']; at character " + std::to_string(end + 1));
    auto name = std::string(path_.substr(at_, end - at_));
    at_ = end;
    return JsonPath::Step(std::move(name));
  }

  Result<JsonPath::Step> bracketed() {
    if (at_ < path_.size() && (path_[at_] == '\'' || path_[at_] == '"')) return quoted(path_[at_++]);
    const auto close = path_.find(']', at_);
    if (close == std::string_view::npos) return wrong(path_, "\"]\" is missing");
    const auto inside = path_.substr(at_, close - at_);
    if (inside == "*") {
      at_ = close + 1;
      return JsonPath::Step(JsonPath::Each());
    }
    if (inside.find_first_of("*:?(),") != std::string_view::npos) return not_built_in(path_);
    std::uint32_t index = 0;
    const auto [end, fault] = std::from_chars(inside.data(), inside.data() + inside.size(), index);
    if (inside.empty() || fault != std::errc() || end != inside.data() + inside.size())
      return wrong(path_, "expected an index from 0 or a quoted name in \"[" + std::string(inside) + "]\"");
    at_ = close + 1;
    return JsonPath::Step(std::size_t{index});
  }

  Result<JsonPath::Step> quoted(char quote) {
    std::string name;
    for (; at_ < path_.size(); ++at_) {
      if (path_[at_] == quote) return close_bracket(std::move(name));
      if (path_[at_] == '\\' && ++at_ == path_.size()) break;
      name += path_[at_];
    }
    return wrong(path_, "a quote is not closed");
  }

  Result<JsonPath::Step> close_bracket(std::string name) {
    ++at_;
    if (at_ == path_.size() || path_[at_] != ']')
      return wrong(path_, "\"]\" is missing after the quoted name");
    ++at_;
    return JsonPath::Step(std::move(name));
  }

  std::string_view path_;
  std::size_t at_;
};

}  // namespace

bool JsonPath::has_wildcard() const {
  return std::any_of(steps_.begin(), steps_.end(),
                     [](const Step& step) { return std::holds_alternative<Each>(step); });
}

Result<JsonPath> JsonPath::parse(std::string_view text) {
  if (text.size() > kTextBytesMax) return wrong(text.substr(0, 40), "longer than 1024 bytes");
  if (text.empty() || text[0] != '$') return wrong(text, "expected a path such as $.data.total");
  std::vector<Step> steps;
  for (Scanner scanner(text); !scanner.at_end();) {
    auto step = scanner.next();
    if (!step) return step.error();
    if (steps.size() == kStepsMax) return wrong(text, "deeper than any event: more than 64 steps");
    steps.push_back(std::move(*step));
  }
  JsonPath path;
  if (steps.empty()) return path;

  const auto* first = std::get_if<std::string>(&steps.front());
  if (!first) return wrong(text, "an event is an object: begin with an attribute's name, or with data");
  if (*first == "data") {
    path.root_ = Root::data;
    path.steps_.assign(std::make_move_iterator(steps.begin() + 1), std::make_move_iterator(steps.end()));
    return path;
  }
  if (*first == "detail") return wrong(text, "the event's own content is below data; did you mean $.data…?");
  if (*first == "detail-type") return wrong(text, "no event has it; did you mean $.type?");
  if (*first == "data_base64") {
    if (steps.size() > 1) return wrong(text, "data_base64 is a string and has no members");
    path.root_ = Root::data_base64;
    return path;
  }
  if (!is_attribute_name(*first) && steps.size() == 1)
    return wrong(text, "no attribute can have that name; is it below $.data?");
  if (steps.size() > 1) return wrong(text, "only data has members; did you mean $.data." + *first + "…?");
  path.root_ = Root::attribute;
  path.attribute_ = *first;
  return path;
}

}  // namespace signalbox::pipeline
