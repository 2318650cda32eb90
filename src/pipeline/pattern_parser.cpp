#include <algorithm>
#include <array>
#include <set>

#include "base/nearest_name.hpp"
#include "pipeline/json_reader.hpp"
#include "pipeline/number_text.hpp"
#include "pipeline/pattern.hpp"
#include "pipeline/utf8.hpp"
#include "pipeline/wildcard.hpp"

namespace signalbox::pipeline {
namespace {

using Op = Condition::Op;

constexpr std::array<std::string_view, 9> kOperators{
    "exactly", "prefix", "suffix",  "equals-ignore-case", "anything-but", "numeric",
    "exists",  "cidr",   "wildcard"};
constexpr std::array<std::string_view, 4> kExcludedOperators{"prefix", "suffix", "equals-ignore-case",
                                                             "wildcard"};
/// Names that may not be fields inside `$or`, so that an operator put there by mistake shows.
constexpr std::array<std::string_view, 22> kReservedInOr{"exactly",
                                                         "equals-ignore-case",
                                                         "prefix",
                                                         "suffix",
                                                         "anything-but",
                                                         "exists",
                                                         "wildcard",
                                                         "numeric",
                                                         "cidr",
                                                         "=",
                                                         "<",
                                                         "<=",
                                                         ">",
                                                         ">=",
                                                         "regex",
                                                         "not-wildcard",
                                                         "not-equals-ignore-case",
                                                         "date-after",
                                                         "date-on-or-after",
                                                         "date-before",
                                                         "date-on-or-before",
                                                         "in-date-range"};
constexpr std::array<std::string_view, 2> kReservedAddressNames{"ip-address-in-range",
                                                                "ip-address-not-in-range"};

template <class Names>
bool contains(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string quoted(std::string_view text) {
  constexpr std::size_t kShownMax = 64;
  std::string out = "\"";
  for (char c : text.substr(0, kShownMax)) out += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
  return out += text.size() > kShownMax ? "...\"" : "\"";
}

/// Whether `$or` means anything.  event-ruler reads a pattern that it cannot understand once more, with an
/// older parser to which `$or` is a field like any other and which knows fewer operators.
enum class OrMeans : std::uint8_t { alternatives, field_name };

class Parser {
 public:
  Parser(std::string_view text, PatternReading reading, OrMeans or_means)
      : reader_(text, kPatternDepthMax), reading_(reading), or_means_(or_means) {}

  Result<PatternNode> parse() {
    PatternNode root;
    const bool read = start() && members(root, nullptr, InOr::no) && take(JsonToken::end);
    if (!read) return Error(Errc::invalid_argument, to_valid_utf8(fault_));
    return root;
  }

 private:
  enum class InOr : bool { no, yes };

  bool strict() const { return reading_ == PatternReading::strict; }

  /// The next token.
  JsonToken next() {
    token_ = reader_.next();
    if (token_ == JsonToken::fault) refuse("not valid JSON " + reader_.message());
    return token_;
  }
  bool take(JsonToken wanted) { return next() == wanted; }

  bool refuse(std::string why) {
    if (fault_.empty()) fault_ = pointer_.empty() ? std::move(why) : pointer_ + ": " + why;
    return false;
  }

  /// Keeps pointer_ one reference token longer while it lives.
  class Within {
   public:
    Within(Parser& parser, std::string_view name) : parser_(parser), size_(parser.pointer_.size()) {
      parser_.pointer_ += '/';
      for (char c : name) {
        if (c == '~')
          parser_.pointer_ += "~0";
        else if (c == '/')
          parser_.pointer_ += "~1";
        else
          parser_.pointer_ += c;
      }
    }
    ~Within() { parser_.pointer_.resize(size_); }
    Within(const Within&) = delete;
    Within& operator=(const Within&) = delete;

   private:
    Parser& parser_;
    std::size_t size_;
  };

  bool start() { return next() == JsonToken::object || refuse("a pattern is a JSON object"); }

  /// The members of an object just begun; `path`: of the object, nullptr at the top.
  bool members(PatternNode& into, const std::string* path, InOr in_or) {
    std::set<std::string, std::less<>> seen;
    bool any = false;
    while (next() == JsonToken::name) {
      any = true;
      const std::string name(reader_.text());
      Within within(*this, name);
      if (strict() && !seen.insert(name).second) return refuse("given twice");
      if (!member(into, path, name, in_or)) return false;
    }
    if (token_ != JsonToken::object_end) return false;
    return any || refuse("an empty object matches nothing; name a field, or leave it out");
  }

  bool member(PatternNode& into, const std::string* path, const std::string& name, InOr in_or) {
    if (name == "$or" && or_means_ == OrMeans::alternatives) return alternatives(into, path);
    if (in_or == InOr::yes && (contains(kReservedInOr, name) || contains(kReservedAddressNames, name)))
      return refuse(quoted(name) +
                    " cannot be a field inside \"$or\"; an operator stands in a field's list, as in "
                    "\"$or\":[{\"field\":[{\"prefix\":\"x\"}]},...]");
    const auto below = path ? *path + '.' + name : name;
    switch (next()) {
      case JsonToken::object:
        return members(into, &below, in_or);
      case JsonToken::array: {
        PatternNode field{PatternNode::Kind::field, below, pointer_};
        if (!conditions(field.conditions)) return false;
        into.children.push_back(std::move(field));
        return true;
      }
      case JsonToken::fault:
        return false;
      default:
        return refuse("must be a list of values, as in [\"x\"], or an object with fields");
    }
  }

  bool alternatives(PatternNode& into, const std::string* path) {
    if (next() != JsonToken::array) return refuse("\"$or\" is a list of at least two objects");
    PatternNode any{PatternNode::Kind::any_of, {}, pointer_};
    while (next() != JsonToken::array_end) {
      Within within(*this, std::to_string(any.children.size()));
      if (token_ != JsonToken::object) return refuse("\"$or\" is a list of objects, each with fields");
      PatternNode branch{PatternNode::Kind::all_of, {}, pointer_};
      if (!members(branch, path, InOr::yes)) return false;
      any.children.push_back(std::move(branch));
    }
    if (any.children.size() < 2) return refuse("\"$or\" needs at least two objects");
    into.children.push_back(std::move(any));
    return true;
  }

  /// A field's list, just begun.
  bool conditions(std::vector<Condition>& into) {
    for (std::size_t index = 0; next() != JsonToken::array_end; ++index) {
      Within within(*this, std::to_string(index));
      Condition condition;
      switch (token_) {
        case JsonToken::object:
          if (!operation(condition)) return false;
          break;
        case JsonToken::string:
          condition = exact(reader_.text());
          break;
        case JsonToken::number:
          condition = exact_number(reader_.text());
          break;
        case JsonToken::true_value:
          condition.op = Op::exact_true;
          break;
        case JsonToken::false_value:
          condition.op = Op::exact_false;
          break;
        case JsonToken::null_value:
          condition.op = Op::exact_null;
          break;
        case JsonToken::fault:
          return false;
        default:
          return refuse("a value is a string, number, true, false or null, or an object with an operator");
      }
      add(into, std::move(condition));
    }
    return !into.empty() || refuse("an empty list matches nothing");
  }

  static Condition exact(std::string_view text) {
    Condition condition;
    condition.op = Op::exact_string;
    condition.text = text;
    return condition;
  }

  static Condition exact_number(std::string_view text) {
    Condition condition;
    condition.op = Op::exact_number;
    condition.text = text;
    condition.number = comparable_number(text);
    return condition;
  }

  /// event-ruler compares with a string's quotation marks around it: there `{"prefix": "a\""}` also matches
  /// "a".
  void add(std::vector<Condition>& into, Condition condition) const {
    if (!strict() && !condition.text.empty()) {
      const bool front = condition.op == Op::prefix || condition.op == Op::prefix_ignore_case;
      const bool back = condition.op == Op::suffix || condition.op == Op::suffix_ignore_case;
      const bool quote = front ? condition.text.back() == '"' : back && condition.text.front() == '"';
      if (quote) {
        auto whole = exact(std::string_view(condition.text).substr(back ? 1 : 0, condition.text.size() - 1));
        whole.literal = true;
        const bool cased = condition.op == Op::prefix || condition.op == Op::suffix;
        if (!cased) whole.op = Op::equals_ignore_case;
        into.push_back(std::move(whole));
      }
    }
    into.push_back(std::move(condition));
  }

  /// An object in a field's list, just begun.
  bool operation(Condition& into) {
    if (next() == JsonToken::fault) return false;
    if (token_ != JsonToken::name) return refuse("an operator is missing, as in {\"prefix\":\"x\"}");
    const std::string name(reader_.text());
    Within within(*this, name);
    if (!argument(name, into)) return false;
    if (next() == JsonToken::object_end) return true;
    return token_ != JsonToken::fault &&
           refuse("one operator to an object; give another one an object of its own");
  }

  bool argument(const std::string& name, Condition& into) {
    if (name == "exactly") {
      into.literal = true;
      return text_argument(into, Op::exact_string);
    }
    if (name == "prefix") return text_or_ignore_case(into, Op::prefix, Op::prefix_ignore_case);
    if (name == "suffix") return text_or_ignore_case(into, Op::suffix, Op::suffix_ignore_case);
    if (name == "equals-ignore-case") return text_argument(into, Op::equals_ignore_case);
    if (name == "wildcard") return text_argument(into, Op::wildcard) && check_wildcard(into.text);
    if (name == "cidr") return text_argument(into, Op::cidr) && network(into);
    if (name == "numeric") return numeric(into);
    if (name == "exists") return existence(into);
    if (name == "anything-but") return anything_but(into);
    return unknown(name, kOperators);
  }

  template <class Names>
  bool unknown(std::string_view name, const Names& known) {
    // The place is the object that holds the operator.
    const auto slash = pointer_.rfind('/');
    fault_ = pointer_.substr(0, slash) + ": unknown operator " + quoted(name);
    const auto nearest = base::nearest_name(name, known);
    if (!nearest.empty()) fault_ += "; did you mean " + quoted(nearest) + "?";
    return false;
  }

  bool text_argument(Condition& into, Op op) {
    if (next() == JsonToken::fault) return false;
    if (token_ != JsonToken::string) return refuse("takes a string");
    into.op = op;
    into.text = reader_.text();
    return true;
  }

  bool text_or_ignore_case(Condition& into, Op plain, Op ignore_case) {
    if (next() == JsonToken::fault) return false;
    if (token_ == JsonToken::string) {
      into.op = plain;
      into.text = reader_.text();
      return true;
    }
    if (token_ != JsonToken::object) return refuse("takes a string, or {\"equals-ignore-case\":\"x\"}");
    if (next() == JsonToken::fault) return false;
    if (token_ != JsonToken::name) return refuse("takes a string, or {\"equals-ignore-case\":\"x\"}");
    const std::string name(reader_.text());
    Within within(*this, name);
    if (name != "equals-ignore-case")
      return unknown(name, std::array<std::string_view, 1>{"equals-ignore-case"});
    if (!text_argument(into, ignore_case)) return false;
    return next() == JsonToken::object_end || refuse("stands alone in its object");
  }

  bool check_wildcard(std::string_view text) {
    const auto parsed = Wildcard::parse(text);
    return parsed || refuse(parsed.error().message);
  }

  bool network(Condition& into) {
    std::string_view text = into.text;
    // event-ruler splits at '/' and drops empty parts at the end.
    while (!strict() && text.ends_with('/') && text.find('/') != text.size() - 1) text.remove_suffix(1);
    auto range = parse_cidr(text);
    if (!range) return refuse(quoted(into.text) + ": " + range.error().message);
    into.network = *range;
    return true;
  }

  bool existence(Condition& into) {
    if (next() == JsonToken::fault) return false;
    if (token_ != JsonToken::true_value && token_ != JsonToken::false_value)
      return refuse("takes true or false");
    into.op = token_ == JsonToken::true_value ? Op::exists : Op::absent;
    return true;
  }

  bool numeric(Condition& into) {
    into.op = Op::numeric;
    if (next() == JsonToken::fault) return false;
    if (token_ != JsonToken::array) return refuse("takes a list, as in [\">\",0,\"<=\",5]");
    if (next() == JsonToken::fault) return false;
    if (token_ != JsonToken::string) return refuse("begins with one of = < <= > >=");
    const std::string first(reader_.text());
    double value = 0;
    if (first != "=" && first != "<" && first != "<=" && first != ">" && first != ">=")
      return refuse("unknown comparison " + quoted(first) + "; there are = < <= > >=");
    if (!bound(value)) return false;
    auto& range = into.range;
    const bool is_bottom = first[0] == '>';
    if (first == "=")
      range = {value, value, true, true};
    else if (is_bottom)
      range = {value, std::nullopt, first == ">=", false};
    else
      range = {std::nullopt, value, false, first == "<="};
    if (next() == JsonToken::array_end) return true;
    if (token_ == JsonToken::fault) return false;
    if (!is_bottom) return refuse("only a lower bound (> or >=) may be followed by another one");
    return top(range);
  }

  bool top(NumericRange& range) {
    if (token_ != JsonToken::string || (reader_.text() != "<" && reader_.text() != "<="))
      return refuse("a lower bound may only be followed by < or <=");
    range.top_included = reader_.text() == "<=";
    double value = 0;
    if (!bound(value)) return false;
    if (!(*range.bottom < value)) return refuse("the lower bound must be below the upper one");
    range.top = value;
    return next() == JsonToken::array_end || refuse("at most a lower and an upper bound");
  }

  bool bound(double& value) {
    if (next() == JsonToken::fault) return false;
    if (token_ != JsonToken::number) return refuse("a comparison is followed by a number");
    const auto number = comparable();
    if (number) value = *number;
    return number.has_value();
  }

  /// The number just read, which must have an exact value.
  std::optional<double> comparable() {
    const auto number = comparable_number(reader_.text());
    if (!number)
      refuse("the number " + std::string(reader_.text().substr(0, 64)) +
             " cannot be compared by value: no double is exactly it");
    return number;
  }

  bool anything_but(Condition& into) {
    into.op = Op::anything_but;
    switch (next()) {
      case JsonToken::fault:
        return false;
      case JsonToken::string:
        into.excluded.push_back(literal(reader_.text()));
        return true;
      case JsonToken::number:
        return excluded_number(into);
      case JsonToken::array:
        return excluded_values(into);
      case JsonToken::object:
        return excluded_operation(into);
      default:
        return refuse("takes a string, a number, a list of them, or an object with an operator");
    }
  }

  static Condition literal(std::string_view text) {
    auto condition = exact(text);
    condition.literal = true;
    return condition;
  }

  bool excluded_number(Condition& into) {
    const auto number = comparable();
    if (!number) return false;
    into.excluded.push_back(exact_number(reader_.text()));
    return true;
  }

  bool excluded_values(Condition& into) {
    while (next() != JsonToken::array_end) {
      if (token_ == JsonToken::fault) return false;
      if (token_ != JsonToken::string && token_ != JsonToken::number)
        return refuse("its list holds only strings or only numbers");
      const auto op = token_ == JsonToken::string ? Op::exact_string : Op::exact_number;
      if (!into.excluded.empty() && into.excluded.front().op != op)
        return refuse("its list holds only strings or only numbers, not both");
      if (op == Op::exact_string)
        into.excluded.push_back(literal(reader_.text()));
      else if (!excluded_number(into))
        return false;
    }
    return !into.excluded.empty() || refuse("its list is empty");
  }

  bool excluded_operation(Condition& into) {
    if (next() == JsonToken::fault) return false;
    if (token_ != JsonToken::name) return refuse("an operator is missing, as in {\"prefix\":\"x\"}");
    const std::string name(reader_.text());
    Within within(*this, name);
    const bool old = or_means_ == OrMeans::field_name;
    if (!contains(kExcludedOperators, name) || (old && name == "wildcard"))
      return unknown(name, kExcludedOperators);
    const auto op = name == "prefix"     ? Op::prefix
                    : name == "suffix"   ? Op::suffix
                    : name == "wildcard" ? Op::wildcard
                                         : Op::equals_ignore_case;
    if (next() == JsonToken::fault) return false;
    if (token_ == JsonToken::string) {
      if (!excluded_text(into, op)) return false;
    } else if (token_ == JsonToken::array && !(old && op != Op::equals_ignore_case)) {
      while (next() != JsonToken::array_end)
        if (!excluded_text(into, op)) return false;
      if (into.excluded.empty()) return refuse("its list is empty");
    } else {
      return refuse("takes a string or a list of strings");
    }
    return next() == JsonToken::object_end ||
           (token_ != JsonToken::fault && refuse("stands alone in its object"));
  }

  bool excluded_text(Condition& into, Op op) {
    if (token_ == JsonToken::fault) return false;
    if (token_ != JsonToken::string) return refuse("takes a string or a list of strings");
    Condition condition;
    condition.op = op;
    condition.text = reader_.text();
    if (condition.text.empty() && (op == Op::prefix || op == Op::suffix))
      return refuse("excluding the empty " + std::string(op == Op::prefix ? "prefix" : "suffix") +
                    " excludes every string");
    if (op == Op::wildcard && !check_wildcard(condition.text)) return false;
    add(into.excluded, std::move(condition));
    return true;
  }

  JsonReader reader_;
  PatternReading reading_;
  OrMeans or_means_;
  JsonToken token_ = JsonToken::fault;
  std::string pointer_;
  std::string fault_;
};

}  // namespace

Result<PatternNode> parse_pattern(std::string_view text, PatternReading reading) {
  if (text.size() > kPatternBytesMax)
    return Error(Errc::too_large, "a pattern has at most " + std::to_string(kPatternBytesMax) + " bytes");
  auto pattern = Parser(text, reading, OrMeans::alternatives).parse();
  if (pattern || reading == PatternReading::strict) return pattern;
  auto old = Parser(text, reading, OrMeans::field_name).parse();
  return old ? std::move(old) : std::move(pattern);
}

}  // namespace signalbox::pipeline
