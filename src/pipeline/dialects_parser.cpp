#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "base/nearest_name.hpp"
#include "pipeline/dialects.hpp"
#include "pipeline/dialects_tree.hpp"
#include "pipeline/json_reader.hpp"
#include "pipeline/utf8.hpp"

namespace signalbox::pipeline {
namespace {

constexpr std::array<std::string_view, 7> kDialects{"exact", "prefix", "suffix", "all", "any", "not", "sql"};

class DialectParser {
 public:
  DialectParser(std::string_view text, WideIntegers wide) : reader_(text, kDialectDepthMax), wide_(wide) {}

  Result<DialectTree> parse() {
    add(DialectKind::all);
    const bool read = next() == JsonToken::array ? expressions(Empty::allowed) && next() == JsonToken::end
                                                 : refuse("filters are a JSON array");
    if (!read) return Error(code_, to_valid_utf8(fault_));
    close(0);
    tree_.nodes.shrink_to_fit();
    tree_.texts.shrink_to_fit();
    tree_.programs.shrink_to_fit();
    tree_.attributes.shrink_to_fit();
    return std::move(tree_);
  }

 private:
  using DialectKind = DialectNode::Kind;
  enum class Empty : bool { refused, allowed };

  JsonToken next() {
    token_ = reader_.next();
    if (token_ == JsonToken::fault) refuse("not valid JSON " + reader_.message());
    return token_;
  }

  bool refuse(std::string why) {
    if (fault_.empty()) fault_ = pointer_.empty() ? std::move(why) : pointer_ + ": " + why;
    return false;
  }

  class Within {
   public:
    Within(DialectParser& parser, std::string_view name) : parser_(parser), size_(parser.pointer_.size()) {
      (parser_.pointer_ += '/') += name;
    }
    ~Within() { parser_.pointer_.resize(size_); }
    Within(const Within&) = delete;
    Within& operator=(const Within&) = delete;

   private:
    DialectParser& parser_;
    std::size_t size_;
  };

  /// A node at the end; its place.
  std::size_t add(DialectKind kind) {
    tree_.nodes.emplace_back().kind = kind;
    return tree_.nodes.size() - 1;
  }

  /// Completes the node at `at` with all behind it.
  void close(std::size_t at) { tree_.nodes[at].size = static_cast<std::uint32_t>(tree_.nodes.size() - at); }

  /// The elements of a list just begun.
  bool expressions(Empty empty) {
    std::size_t count = 0;
    for (; next() != JsonToken::array_end; ++count) {
      if (token_ == JsonToken::fault) return false;
      Within within(*this, std::to_string(count));
      if (!expression()) return false;
    }
    return count > 0 || empty == Empty::allowed || refuse("an empty list; name at least one filter");
  }

  /// The value whose first token was just read.
  bool expression() {
    if (token_ == JsonToken::fault) return false;
    if (token_ != JsonToken::object)
      return refuse("a filter is an object, as in {\"exact\":{\"type\":\"x\"}}");
    if (next() == JsonToken::fault) return false;
    if (token_ != JsonToken::name) return refuse("a dialect is missing, as in {\"exact\":{\"type\":\"x\"}}");
    const std::string dialect(reader_.text());
    if (std::find(kDialects.begin(), kDialects.end(), dialect) == kDialects.end()) return unknown(dialect);
    Within within(*this, dialect);
    if (!argument(dialect)) return false;
    if (next() == JsonToken::object_end) return true;
    return token_ != JsonToken::fault && refuse("one dialect to an object; join several with \"all\"");
  }

  bool unknown(std::string_view dialect) {
    const auto nearest = base::nearest_name(dialect, kDialects);
    auto why = "unknown dialect \"" + std::string(dialect.substr(0, 64)) + '"';
    if (!nearest.empty()) why += "; did you mean \"" + std::string(nearest) + "\"?";
    return refuse(std::move(why));
  }

  bool argument(const std::string& dialect) {
    if (next() == JsonToken::fault) return false;
    if (dialect == "exact") return attributes(DialectKind::exact);
    if (dialect == "prefix") return attributes(DialectKind::prefix);
    if (dialect == "suffix") return attributes(DialectKind::suffix);
    if (dialect == "sql") return sql();
    const auto at = add(dialect == "not" ? DialectKind::not_ : dialect == "any" ? DialectKind::any : DialectKind::all);
    const bool read = dialect == "not"             ? expression()
                      : token_ == JsonToken::array ? expressions(Empty::refused)
                                                   : refuse("takes a list of filters");
    close(at);
    return read;
  }

  /// An object of attributes and what they are compared with.
  bool attributes(DialectKind kind) {
    if (token_ != JsonToken::object) return refuse("takes an object of attributes, as in {\"type\":\"x\"}");
    const auto group = add(DialectKind::attributes);
    std::set<std::uint32_t> seen;
    while (next() == JsonToken::name) {
      const std::string name(reader_.text());
      Within within(*this, name);
      if (!check_attribute(name)) return false;
      if (next() == JsonToken::fault) return false;
      if (token_ != JsonToken::string) return refuse("is compared with a string");
      if (reader_.text().empty()) return refuse("cannot be compared with the empty string");
      auto& test = tree_.nodes[add(kind)];
      test.index = tree_.attributes.add(name);
      test.text_begin = static_cast<std::uint32_t>(tree_.texts.size());
      test.text_size = static_cast<std::uint32_t>(reader_.text().size());
      tree_.texts += reader_.text();
      if (!seen.insert(test.index).second) return refuse("given twice");
    }
    if (token_ != JsonToken::object_end) return false;
    if (seen.empty()) return refuse("names no attribute");
    close(group);
    if (seen.size() == 1) tree_.nodes.erase(tree_.nodes.begin() + static_cast<std::ptrdiff_t>(group));
    return true;
  }

  bool check_attribute(const std::string& name) {
    const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    if (name.empty()) return refuse("an attribute's name cannot be empty");
    if (!std::all_of(name.begin(), name.end(), allowed))
      return refuse("no attribute has this name: names are made of a to z and 0 to 9");
    return name != "data" || refuse("data is not an attribute; patterns can look into it");
  }

  bool sql() {
    if (token_ != JsonToken::string) return refuse("takes an expression");
    auto program = parse_cesql(reader_.text(), tree_.attributes, wide_);
    if (!program) {
      code_ = program.error().code;
      return refuse(program.error().message);
    }
    if (auto unknown = find_unknown_function(*program); !unknown.empty()) return refuse(std::move(unknown));
    tree_.nodes[add(DialectKind::sql)].index = static_cast<std::uint32_t>(tree_.programs.size());
    tree_.programs.push_back(std::move(*program));
    return true;
  }

  JsonReader reader_;
  WideIntegers wide_;
  JsonToken token_ = JsonToken::fault;
  std::string pointer_, fault_;
  Errc code_ = Errc::invalid_argument;
  DialectTree tree_;
};

}  // namespace

Result<DialectTree> parse_dialects(std::string_view text, WideIntegers wide) {
  if (text.size() > kDialectBytesMax)
    return Error(Errc::too_large, "filters have at most " + std::to_string(kDialectBytesMax) + " bytes");
  return DialectParser(text, wide).parse();
}

}  // namespace signalbox::pipeline
