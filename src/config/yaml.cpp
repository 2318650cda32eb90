#include "config/yaml.hpp"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <sstream>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/config_path.hpp"
#include "base/yaml_scalar.hpp"

namespace signalbox::config {
namespace {

using base::ScalarType;

constexpr std::string_view kCoreTag = "tag:yaml.org,2002:";
constexpr std::size_t kIndexedFrom = 16;  // members; below, looking at each key is cheaper than an index

/// Stops yaml-cpp in the middle of a document; the fault has been reported.
struct Refused {};

/// Turns yaml-cpp's marks (bytes, from 0) into places (characters, from 1).  Marks mostly ascend, and
/// counting goes on where it stopped, so that one long line costs no more than many short ones.
class PlaceFinder {
 public:
  explicit PlaceFinder(const SourceText& source) : source_(source) {}

  Place at(const YAML::Mark& mark) {
    if (mark.is_null()) return {source_.name, 0, 0};
    const std::string_view text = source_.text;
    const std::size_t at = std::min(static_cast<std::size_t>(mark.pos), text.size());
    const std::size_t start = at - std::min(static_cast<std::size_t>(mark.column), at);
    if (start != line_start_ || at < counted_to_) {
      line_start_ = counted_to_ = start;
      characters_ = 0;
    }
    characters_ += count_characters(text.substr(counted_to_, at - counted_to_));
    counted_to_ = at;
    return {source_.name, static_cast<unsigned>(mark.line) + 1, static_cast<unsigned>(characters_) + 1};
  }

 private:
  const SourceText& source_;
  std::size_t line_start_ = 0, counted_to_ = 0, characters_ = 0;
};

/// A mapping or list that is still open.
struct Frame {
  ConfigNode::Kind kind;
  Place place;
  std::string path;
  std::vector<ConfigNode> items;
  std::vector<ConfigNode::Member> members;
  std::unordered_map<std::string, std::size_t> index;  // of members, once there are kIndexedFrom
  bool has_key = false;                                // of a mapping: a key waits for its value
  bool given_twice = false;                            // that key's value is not kept
  std::string key;
  Place key_place;

  const ConfigNode::Member* find(const std::string& wanted) const {
    if (index.empty()) {
      const auto same = [&](const ConfigNode::Member& member) { return member.key == wanted; };
      const auto found = std::find_if(members.begin(), members.end(), same);
      return found == members.end() ? nullptr : &*found;
    }
    const auto found = index.find(wanted);
    return found == index.end() ? nullptr : &members[found->second];
  }

  void insert(ConfigNode value) {
    members.push_back({std::move(key), std::move(key_place), std::move(value)});
    if (members.size() == kIndexedFrom)
      for (std::size_t i = 0; i < members.size(); ++i) index.emplace(members[i].key, i);
    else if (members.size() > kIndexedFrom)
      index.emplace(members.back().key, members.size() - 1);
  }
};

class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(const SourceText& source, TreeBudget& budget, Diagnostics& out)
      : source_(source), places_(source), budget_(budget), out_(out) {}

  std::optional<ConfigNode> take() && { return sound_ ? std::optional(std::move(root_)) : std::nullopt; }

  /// yaml-cpp takes the end of the file for a missing closing quote.  Only the last scalar can be cut so.
  void check_last_quote() {
    if (last_scalar_.is_null()) return;
    std::string_view rest = std::string_view(source_.text).substr(static_cast<std::size_t>(last_scalar_.pos));
    if (rest.starts_with('!')) {  // the tag's mark; what stands between is blank
      rest.remove_prefix(std::min(rest.find_first_of(" \t\r\n"), rest.size()));
      rest.remove_prefix(std::min(rest.find_first_not_of(" \t\r\n"), rest.size()));
    }
    if (rest.empty() || (rest[0] != '"' && rest[0] != '\'')) return;
    const char quote = rest[0];
    for (std::size_t i = 1; i < rest.size(); ++i) {
      if (quote == '"' && rest[i] == '\\') {
        ++i;
      } else if (rest[i] == quote) {
        if (quote == '"' || i + 1 == rest.size() || rest[i + 1] != quote) return;
        ++i;
      }
    }
    refuse(last_scalar_, "this quote is never closed");
  }

  /// Where the mapping or list begins that is still open.
  std::optional<Place> open_place() const {
    return stack_.empty() ? std::nullopt : std::optional(stack_.back().place);
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1)
      refuse(mark, "a second document begins here: a configuration is one document",
             "is something left over from the value before?");
  }
  void OnDocumentEnd() override {}

  void OnAnchor(const YAML::Mark& mark, const std::string& name) override {
    tell(mark, "anchors are not supported: &" + name);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    tell(mark, "aliases are not supported", "a text that begins with * stands in quotes");
    sound_ = false;
    add(ConfigNode::null(places_.at(mark), path_here()));
  }

  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override {
    if (expects_key()) refuse(mark, "a key is missing here");
    // The mark is the next token's, which may be lines below: nothing stands where its key does.
    const bool has_key = !stack_.empty() && stack_.back().has_key;
    add(ConfigNode::null(has_key ? stack_.back().key_place : places_.at(mark), path_here()));
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                const std::string& text) override {
    last_scalar_ = mark;
    if (text.find('\0') != std::string::npos) refuse(mark, "a NUL in a text");
    if (expects_key()) return take_key(mark, text);
    bool quoted = true;
    if (tag.empty() || tag == "?")
      quoted = false;
    else if (tag != "!" && tag != std::string(kCoreTag) + "str")
      quoted = !check_tag(mark, tag, text);
    if (!quoted && text.empty()) return add(ConfigNode::null(places_.at(mark), path_here()));
    if (!quoted && base::scalar_type(text) == ScalarType::null)
      return add(ConfigNode::null(places_.at(mark), path_here()));
    add(ConfigNode::scalar(text, quoted, places_.at(mark), path_here()));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    open(ConfigNode::Kind::sequence, mark, tag, "seq");
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {
    open(ConfigNode::Kind::mapping, mark, tag, "map");
  }
  void OnMapEnd() override { close(); }

 private:
  [[noreturn]] void refuse(const YAML::Mark& mark, std::string message, std::string hint = {}) {
    tell(mark, std::move(message), std::move(hint));
    sound_ = false;
    throw Refused{};
  }
  void tell(const YAML::Mark& mark, std::string message, std::string hint = {}) {
    out_.add({places_.at(mark), path_here(), std::move(message), std::move(hint)});
  }

  bool expects_key() const {
    return !stack_.empty() && stack_.back().kind == ConfigNode::Kind::mapping && !stack_.back().has_key;
  }

  std::string path_here() const {
    if (stack_.empty()) return {};
    const Frame& frame = stack_.back();
    if (frame.kind == ConfigNode::Kind::sequence) return base::child_path(frame.path, frame.items.size());
    return frame.has_key ? base::child_path(frame.path, frame.key) : frame.path;
  }

  void take_key(const YAML::Mark& mark, const std::string& text) {
    if (text.size() > kLongestKey) refuse(mark, fmt::format("a key of more than {} bytes", kLongestKey));
    Frame& frame = stack_.back();
    frame.key = text;
    frame.key_place = places_.at(mark);
    frame.has_key = true;
    const auto* first = frame.find(text);
    frame.given_twice = first != nullptr;
    if (first != nullptr)
      tell(mark, fmt::format("given twice (first at {}:{})", first->key_place.line, first->key_place.column));
  }

  /// Whether the text is what its tag says.
  bool check_tag(const YAML::Mark& mark, const std::string& tag, const std::string& text) {
    const ScalarType type = base::scalar_type(text);
    const std::string_view name = std::string_view(tag).substr(std::min(kCoreTag.size(), tag.size()));
    const bool core = tag.starts_with(kCoreTag);
    if (core && name == "null" && type == ScalarType::null) return true;
    if (core && name == "bool" && type == ScalarType::boolean) return true;
    if (core && name == "int" && type == ScalarType::integer) return true;
    if (core && name == "float" && (type == ScalarType::real || type == ScalarType::integer)) return true;
    const bool known = core && (name == "null" || name == "bool" || name == "int" || name == "float");
    if (known)
      tell(mark, fmt::format("{} is no {}", base::in_quotes(text), name));
    else
      tell(mark, fmt::format("unknown tag {}", base::in_quotes(tag)),
           "a text that begins with ! stands in quotes");
    sound_ = false;
    return false;
  }

  void open(ConfigNode::Kind kind, const YAML::Mark& mark, const std::string& tag,
            std::string_view core_name) {
    if (expects_key())
      refuse(mark, "a key must be a text", "a text that begins with { or [ stands in quotes");
    if (stack_.size() >= kDeepest) refuse(mark, fmt::format("nested deeper than {} levels", kDeepest));
    if (!tag.empty() && tag != "?" && tag != "!" && tag != std::string(kCoreTag) + std::string(core_name)) {
      tell(mark, fmt::format("unknown tag {}", base::in_quotes(tag)),
           "a text that begins with ! stands in quotes");
      sound_ = false;
    }
    Frame frame;
    frame.kind = kind;
    frame.place = places_.at(mark);
    frame.path = path_here();
    stack_.push_back(std::move(frame));
  }

  void close() {
    Frame frame = std::move(stack_.back());
    stack_.pop_back();
    add(frame.kind == ConfigNode::Kind::mapping
            ? ConfigNode::mapping(std::move(frame.members), std::move(frame.place), std::move(frame.path))
            : ConfigNode::sequence(std::move(frame.items), std::move(frame.place), std::move(frame.path)));
  }

  void add(ConfigNode node) {
    spend(node);
    if (stack_.empty()) {
      root_ = std::move(node);
      return;
    }
    Frame& frame = stack_.back();
    if (frame.kind == ConfigNode::Kind::sequence) {
      frame.items.push_back(std::move(node));
      return;
    }
    if (!frame.given_twice) frame.insert(std::move(node));
    frame.has_key = false;
  }

  void spend(const ConfigNode& node) {
    if (budget_.nodes > 0 && budget_.path_bytes >= node.path().size()) {
      budget_.nodes -= 1;
      budget_.path_bytes -= node.path().size();
      return;
    }
    out_.add({node.place(), {}, "the configuration as a whole is too large", {}});
    sound_ = false;
    throw Refused{};
  }

  const SourceText& source_;
  PlaceFinder places_;
  TreeBudget& budget_;
  Diagnostics& out_;
  std::vector<Frame> stack_;
  ConfigNode root_;
  YAML::Mark last_scalar_ = YAML::Mark::null_mark();
  unsigned documents_ = 0;
  bool sound_ = true;
};

/// What usually lies behind yaml-cpp's words.
std::string hint_for_syntax(std::string_view message) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 14> kHints{{
      {"illegal map value",
       "a text that holds \": \" stands in quotes; a key stands as far in as its neighbours"},
      {"the referenced anchor is not defined", "a text that begins with * stands in quotes"},
      {"alias not found after *", "a text that begins with * stands in quotes"},
      {"illegal map key", "a key stands as far in as its neighbours"},
      {"illegal block entry", "\"- \" begins a line of a list, as far in as its neighbours"},
      {"illegal flow end", "a ] or } too many, or a [ or { not closed before it"},
      {"end of map not found", "a line stands further in or out than its neighbours"},
      {"end of sequence not found", "a line stands further in or out than its neighbours"},
      {"end of map flow not found", "a { is not closed, or a comma is missing"},
      {"end of sequence flow not found", "a [ is not closed, or a comma is missing"},
      {"unknown token", "a text that begins with one of @ % ` & * ! | > stands in quotes"},
      {"unknown escape character",
       "within \"...\" a backslash is written \\\\; within '...' it needs nothing"},
      {"illegal tab when looking for indentation", "lines are set in with spaces, not with tabs"},
      {"illegal document indicator in scalar", "is a quote not closed?"},
  }};
  for (const auto& [known, hint] : kHints)
    if (message.starts_with(known)) return std::string(hint);
  return {};
}

/// A bracket that is not closed is shown where it stands, not where the file ends.
Place place_of_syntax(const YAML::Exception& error, const SourceText& source,
                      const std::optional<Place>& open) {
  const bool unclosed =
      error.msg == "end of map flow not found" || error.msg == "end of sequence flow not found";
  return unclosed && open ? *open : PlaceFinder(source).at(error.mark);
}

}  // namespace

std::optional<ConfigNode> parse_yaml(const SourceText& source, TreeBudget& budget, Diagnostics& out) {
  if (!check_characters(source, out)) return std::nullopt;
  TreeBuilder builder(source, budget, out);
  try {
    std::istringstream stream(source.text);
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
    builder.check_last_quote();
  } catch (const Refused&) {
    return std::nullopt;
  } catch (const YAML::Exception& error) {
    out.add({place_of_syntax(error, source, builder.open_place()),
             {},
             "no valid YAML: " + error.msg,
             hint_for_syntax(error.msg)});
    return std::nullopt;
  }
  return std::move(builder).take();
}

}  // namespace signalbox::config
