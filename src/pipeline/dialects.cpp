#include "pipeline/dialects.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/nearest_name.hpp"
#include "pipeline/filter_shape.hpp"
#include "pipeline/json_reader.hpp"
#include "pipeline/string_form.hpp"
#include "pipeline/utf8.hpp"

namespace signalbox::pipeline {
namespace {

constexpr std::array<std::string_view, 7> kDialects{"exact", "prefix", "suffix", "all", "any", "not", "sql"};

/// One filter expression: a test of one attribute, a combination of others, or a filter of another kind.
struct Expression {
  enum class Kind : std::uint8_t { exact, prefix, suffix, all, any, none, filter };
  Kind kind = Kind::all;
  std::size_t field = 0;  // of exact, prefix, suffix: index in the shape's fields
  std::string text;
  std::vector<Expression> children;      // of all, any, none
  std::shared_ptr<const Filter> filter;  // of filter
  std::vector<std::size_t> fields;       // of filter: its fields in ours
};

/// The string form of an attribute (CloudEvents 1.0.2 section 3.1).
std::string_view string_form(const Leaf& leaf) { return leaf.text; }

class DialectFilter final : public Filter {
 public:
  DialectFilter(Expression root, FilterShape shape) : root_(std::move(root)), shape_(std::move(shape)) {}

  FilterShape shape() const override { return shape_; }

  using Filter::matches;
  bool matches(const FilterInput& input, std::span<const std::uint32_t> fields) const override {
    return holds(root_, input, fields);
  }

  using Filter::explain;
  std::optional<Mismatch> explain(const FilterInput& input,
                                  std::span<const std::uint32_t> fields) const override {
    if (matches(input, fields)) return std::nullopt;
    return Mismatch{};
  }

 private:
  using Kind = Expression::Kind;

  static bool holds(const Expression& expression, const FilterInput& input,
                    std::span<const std::uint32_t> fields) {
    const auto child_holds = [&](const Expression& child) { return holds(child, input, fields); };
    const auto& children = expression.children;
    switch (expression.kind) {
      case Kind::exact:
      case Kind::prefix:
      case Kind::suffix:
        return attribute_holds(expression, input.leaves(fields[expression.field]));
      case Kind::all:
        return std::all_of(children.begin(), children.end(), child_holds);
      case Kind::any:
        return std::any_of(children.begin(), children.end(), child_holds);
      case Kind::none:
        return std::none_of(children.begin(), children.end(), child_holds);
      case Kind::filter:
        break;
    }
    std::vector<std::uint32_t> inner;
    inner.reserve(expression.fields.size());
    for (const auto field : expression.fields) inner.push_back(fields[field]);
    return expression.filter->matches(input, inner);
  }

  static bool attribute_holds(const Expression& expression, std::span<const Leaf> leaves) {
    if (leaves.empty() || leaves.front().kind == Leaf::Kind::null_value) return false;
    const auto value = string_form(leaves.front());
    if (expression.kind == Kind::prefix) return value.starts_with(expression.text);
    if (expression.kind == Kind::suffix) return value.ends_with(expression.text);
    return value == expression.text;
  }

  Expression root_;
  FilterShape shape_;
};

class Parser {
 public:
  Parser(std::string_view text, WideIntegers wide) : reader_(text, kDialectDepthMax), wide_(wide) {}

  Result<std::shared_ptr<const Filter>> parse() {
    Expression root;
    const bool read = next() == JsonToken::array
                          ? expressions(root.children, Empty::allowed) && next() == JsonToken::end
                          : refuse("filters are a JSON array");
    if (!read) return Error(code_, to_valid_utf8(fault_));
    FilterShape shape;
    shape.fields = std::move(fields_);
    shape.always = root.children.empty();
    shape.alternatives.push_back(requirements(root));
    return std::shared_ptr<const Filter>(std::make_shared<DialectFilter>(std::move(root), std::move(shape)));
  }

 private:
  using Kind = Expression::Kind;
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
    Within(Parser& parser, std::string_view name) : parser_(parser), size_(parser.pointer_.size()) {
      (parser_.pointer_ += '/') += name;
    }
    ~Within() { parser_.pointer_.resize(size_); }
    Within(const Within&) = delete;
    Within& operator=(const Within&) = delete;

   private:
    Parser& parser_;
    std::size_t size_;
  };

  /// The elements of a list just begun.
  bool expressions(std::vector<Expression>& into, Empty empty) {
    while (next() != JsonToken::array_end) {
      if (token_ == JsonToken::fault) return false;
      Within within(*this, std::to_string(into.size()));
      if (!expression(into.emplace_back())) return false;
    }
    return !into.empty() || empty == Empty::allowed || refuse("an empty list; name at least one filter");
  }

  /// The value whose first token was just read.
  bool expression(Expression& into) {
    if (token_ == JsonToken::fault) return false;
    if (token_ != JsonToken::object)
      return refuse("a filter is an object, as in {\"exact\":{\"type\":\"x\"}}");
    if (next() == JsonToken::fault) return false;
    if (token_ != JsonToken::name) return refuse("a dialect is missing, as in {\"exact\":{\"type\":\"x\"}}");
    const std::string dialect(reader_.text());
    if (std::find(kDialects.begin(), kDialects.end(), dialect) == kDialects.end()) return unknown(dialect);
    Within within(*this, dialect);
    if (!argument(dialect, into)) return false;
    if (next() == JsonToken::object_end) return true;
    return token_ != JsonToken::fault && refuse("one dialect to an object; join several with \"all\"");
  }

  bool unknown(std::string_view dialect) {
    const auto nearest = base::nearest_name(dialect, kDialects);
    auto why = "unknown dialect \"" + std::string(dialect.substr(0, 64)) + '"';
    if (!nearest.empty()) why += "; did you mean \"" + std::string(nearest) + "\"?";
    return refuse(std::move(why));
  }

  bool argument(const std::string& dialect, Expression& into) {
    if (next() == JsonToken::fault) return false;
    if (dialect == "exact") return attributes(into, Kind::exact);
    if (dialect == "prefix") return attributes(into, Kind::prefix);
    if (dialect == "suffix") return attributes(into, Kind::suffix);
    if (dialect == "sql") return sql(into);
    if (dialect == "not") {
      into.kind = Kind::none;
      return expression(into.children.emplace_back());
    }
    into.kind = dialect == "any" ? Kind::any : Kind::all;
    return token_ == JsonToken::array ? expressions(into.children, Empty::refused)
                                      : refuse("takes a list of filters");
  }

  /// An object of attributes and what they are compared with.
  bool attributes(Expression& into, Kind kind) {
    if (token_ != JsonToken::object) return refuse("takes an object of attributes, as in {\"type\":\"x\"}");
    into.kind = Kind::all;
    std::set<std::size_t> seen;
    while (next() == JsonToken::name) {
      const std::string name(reader_.text());
      Within within(*this, name);
      if (!check_attribute(name)) return false;
      if (next() == JsonToken::fault) return false;
      if (token_ != JsonToken::string) return refuse("is compared with a string");
      if (reader_.text().empty()) return refuse("cannot be compared with the empty string");
      Expression test;
      test.kind = kind;
      test.field = field(name);
      test.text = reader_.text();
      if (!seen.insert(test.field).second) return refuse("given twice");
      into.children.push_back(std::move(test));
    }
    return token_ == JsonToken::object_end && (!into.children.empty() || refuse("names no attribute"));
  }

  bool check_attribute(const std::string& name) {
    const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    if (name.empty()) return refuse("an attribute's name cannot be empty");
    if (!std::all_of(name.begin(), name.end(), allowed))
      return refuse("no attribute has this name: names are made of a to z and 0 to 9");
    return name != "data" || refuse("data is not an attribute; patterns can look into it");
  }

  std::size_t field(const std::string& name) {
    const auto found = std::find(fields_.begin(), fields_.end(), name);
    if (found == fields_.end()) return fields_.push_back(name), fields_.size() - 1;
    return static_cast<std::size_t>(found - fields_.begin());
  }

  bool sql(Expression& into) {
    if (token_ != JsonToken::string) return refuse("takes an expression");
    auto filter = compile_cesql(reader_.text(), wide_);
    if (!filter) {
      code_ = filter.error().code;
      return refuse(filter.error().message);
    }
    into.kind = Kind::filter;
    into.filter = std::move(*filter);
    for (const auto& name : into.filter->shape().fields) into.fields.push_back(field(name));
    return true;
  }

  /// What the tests that must all hold need; nested lists of alternatives are left to be asked.
  static std::vector<Requirement> requirements(const Expression& expression) {
    std::vector<Requirement> out;
    for (const auto& child : expression.children) {
      if (child.kind == Kind::all) {
        for (auto& requirement : requirements(child)) out.push_back(std::move(requirement));
      } else if (child.kind == Kind::exact) {
        Requirement requirement{child.field};
        requirement.probes = string_form_probes(child.text);
        out.push_back(std::move(requirement));
      } else if (child.kind == Kind::prefix || child.kind == Kind::suffix) {
        out.push_back(Requirement{child.field});
      }
    }
    return out;
  }

  JsonReader reader_;
  WideIntegers wide_;
  JsonToken token_ = JsonToken::fault;
  std::string pointer_, fault_;
  Errc code_ = Errc::invalid_argument;
  std::vector<std::string> fields_;
};

}  // namespace

Result<std::shared_ptr<const Filter>> compile_dialects(std::string_view text, WideIntegers wide) {
  if (text.size() > kDialectBytesMax)
    return Error(Errc::too_large, "filters have at most " + std::to_string(kDialectBytesMax) + " bytes");
  return Parser(text, wide).parse();
}

}  // namespace signalbox::pipeline
