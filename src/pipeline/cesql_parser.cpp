#include <simdjson.h>

#include <algorithm>
#include <cassert>
#include <utility>

#include "base/nearest_name.hpp"
#include "pipeline/cesql_functions.hpp"
#include "pipeline/cesql_lexer.hpp"
#include "pipeline/cesql_like.hpp"
#include "pipeline/cesql_program.hpp"

namespace signalbox::pipeline {
namespace {

using Kind = CesqlNode::Kind;
using TokenKind = CesqlToken::Kind;

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return out;
}

std::uint16_t narrow(std::size_t value) {
  assert(value <= std::numeric_limits<std::uint16_t>::max());  // by kCesqlBytesMax
  return static_cast<std::uint16_t>(value);
}

std::uint8_t find_function(std::string_view name, std::size_t arguments) {
  const auto all = cesql_functions();
  const auto found = std::find_if(all.begin(), all.end(), [&](const CesqlFunction& f) {
    return f.name == name && arguments >= f.arguments_min && arguments <= f.arguments_max;
  });
  return found == all.end() ? CesqlNode::kNoFunction : static_cast<std::uint8_t>(found - all.begin());
}

/// Each level of the grammar puts the tree that it reads at the end of nodes_, and leaves its depth in
/// depth_.
class Parser {
 public:
  Parser(std::string_view text, std::vector<CesqlToken> tokens, AttributeNames& attributes, WideIntegers wide)
      : text_(text), tokens_(std::move(tokens)), attributes_(attributes), wide_(wide) {}

  Result<CesqlProgram> parse() {
    if (!logic() || (here() != TokenKind::end && !refuse("an operator was expected")))
      return Error(code_, std::move(fault_));
    if (unreadable_) {
      nodes_.assign(1, CesqlNode{});
      nodes_.front().kind = Kind::unreadable;
      nodes_.front().end = narrow(text_.size());
    }
    std::string text;
    text.reserve(text_.size() + pool_.size());
    text.append(text_).append(pool_);
    return CesqlProgram({nodes_.begin(), nodes_.end()}, std::move(text), text_.size());
  }

 private:
  TokenKind here() const { return tokens_[at_].kind; }
  TokenKind ahead() const { return at_ + 1 < tokens_.size() ? tokens_[at_ + 1].kind : TokenKind::end; }
  bool take(TokenKind kind) {
    if (here() != kind) return false;
    ++at_;
    return true;
  }

  bool refuse(const std::string& why, Errc code = Errc::invalid_argument) {
    if (!fault_.empty()) return false;
    const auto place = count_characters(text_.substr(0, tokens_[at_].at));
    fault_ = here() == TokenKind::end ? "at the end: " : "at character " + std::to_string(place) + ": ";
    fault_ += why;
    code_ = code;
    return false;
  }

  /// A node at the end, for the token that was just taken.
  CesqlNode& add(Kind kind) {
    auto& node = nodes_.emplace_back();
    node.kind = kind;
    node.begin = narrow(tokens_[at_ - 1].at);
    node.end = narrow(tokens_[at_ - 1].end);
    depth_ = 1;
    return node;
  }

  /// A node in front of the tree at `at`, which becomes its first operand.
  CesqlNode& insert(std::size_t at, Kind kind) {
    CesqlNode node;
    node.kind = kind;
    node.begin = nodes_[at].begin;
    return *nodes_.insert(nodes_.begin() + static_cast<std::ptrdiff_t>(at), node);
  }

  /// Completes the operator at `at` with all nodes behind it; its deepest operand is `depth` deep.
  bool close(std::size_t at, std::size_t operands, std::size_t depth) {
    auto& node = nodes_[at];
    node.operands = narrow(operands);
    node.size = narrow(nodes_.size() - at);
    node.end = narrow(tokens_[at_ - 1].end);
    depth_ = depth + 1;
    return depth_ <= kCesqlDepthMax || refuse("too many operators in a row", Errc::too_large);
  }

  /// The place of a text that is the expression's at `at`, or else in the pool.
  std::uint32_t place_of(std::string_view text, std::size_t at) {
    if (text_.substr(at, text.size()) != text) {
      at = text_.size() + pool_.size();
      pool_ += text;
    }
    return std::uint32_t{narrow(at)} | std::uint32_t{narrow(text.size())} << 16;
  }

  static Kind logic_operator(TokenKind kind) {
    return kind == TokenKind::keyword_and   ? Kind::and_
           : kind == TokenKind::keyword_or  ? Kind::or_
           : kind == TokenKind::keyword_xor ? Kind::xor_
                                            : Kind::boolean;
  }

  /// AND, OR, XOR: one precedence, to the right.
  bool logic() {
    std::vector<std::size_t> operators, depths;
    for (;;) {
      const auto begin = nodes_.size();
      if (!comparison()) return false;
      depths.push_back(depth_);
      const auto kind = logic_operator(here());
      if (kind == Kind::boolean) break;
      ++at_;
      insert(begin, kind);
      operators.push_back(begin);
    }
    auto depth = depths.back();
    for (; !operators.empty(); operators.pop_back()) {
      depths.pop_back();
      if (!close(operators.back(), 2, std::max(depth, depths.back()))) return false;
      depth = depth_;
    }
    depth_ = depth;
    return true;
  }

  using Level = bool (Parser::*)();

  /// A level of binary operators that associate to the left.
  template <class OperatorOf>
  bool to_the_left(Level operand, OperatorOf operator_of) {
    const auto begin = nodes_.size();
    if (!(this->*operand)()) return false;
    for (auto kind = operator_of(here()); kind != Kind::boolean; kind = operator_of(here())) {
      const auto depth = depth_;
      ++at_;
      insert(begin, kind);
      if (!(this->*operand)() || !close(begin, 2, std::max(depth, depth_))) return false;
    }
    return true;
  }

  bool comparison() {
    return to_the_left(&Parser::sum, [](TokenKind kind) {
      switch (kind) {
        case TokenKind::equal:
          return Kind::equal;
        case TokenKind::not_equal:
          return Kind::not_equal;
        case TokenKind::less:
          return Kind::less;
        case TokenKind::less_or_equal:
          return Kind::less_or_equal;
        case TokenKind::greater:
          return Kind::greater;
        case TokenKind::greater_or_equal:
          return Kind::greater_or_equal;
        default:
          return Kind::boolean;
      }
    });
  }

  bool sum() {
    return to_the_left(&Parser::product, [](TokenKind kind) {
      return kind == TokenKind::plus ? Kind::add : kind == TokenKind::minus ? Kind::subtract : Kind::boolean;
    });
  }

  bool product() {
    return to_the_left(&Parser::membership, [](TokenKind kind) {
      return kind == TokenKind::star      ? Kind::multiply
             : kind == TokenKind::slash   ? Kind::divide
             : kind == TokenKind::percent ? Kind::remainder
                                          : Kind::boolean;
    });
  }

  /// LIKE and IN, which bind tighter than all other binary operators.
  bool membership() {
    const auto begin = nodes_.size();
    if (!unary()) return false;
    for (;;) {
      const bool negated = here() == TokenKind::keyword_not &&
                           (ahead() == TokenKind::keyword_like || ahead() == TokenKind::keyword_in);
      if (negated) ++at_;
      if (take(TokenKind::keyword_like)) {
        if (!like(begin, negated)) return false;
      } else if (take(TokenKind::keyword_in)) {
        if (!in(begin, negated)) return false;
      } else {
        return true;
      }
    }
  }

  bool like(std::size_t begin, bool negated) {
    if (here() != TokenKind::string) return refuse("LIKE takes a string in quotation marks");
    const auto& token = tokens_[at_++];
    auto& node = insert(begin, Kind::like);
    node.detail = negated ? 1 : 0;
    node.data = place_of(to_like_pattern(token.text), token.at + 1);
    return close(begin, 1, depth_);
  }

  bool in(std::size_t begin, bool negated) {
    if (here() != TokenKind::open || ahead() == TokenKind::close)
      return refuse("IN takes a list in parentheses, as in IN ('a', 'b')");
    ++at_;
    insert(begin, Kind::in).detail = negated ? 1 : 0;
    const auto depth = depth_;
    std::size_t elements = 0;
    return list(elements) && close(begin, elements + 1, std::max(depth, depth_));
  }

  /// Expressions up to the closing parenthesis, and how many; depth_ is that of the deepest.
  bool list(std::size_t& count) {
    std::size_t depth = 0;
    do {
      if (!nested(&Parser::logic)) return false;
      depth = std::max(depth, depth_);
      ++count;
    } while (take(TokenKind::comma));
    depth_ = depth;
    return take(TokenKind::close) || refuse("a comma or \")\" was expected");
  }

  bool nested(Level level) {
    if (nesting_ == kCesqlNestingMax) return refuse("nested too deeply", Errc::too_large);
    ++nesting_;
    const bool read = (this->*level)();
    --nesting_;
    return read;
  }

  bool unary() {
    const bool negates = here() == TokenKind::minus;
    if (!negates && here() != TokenKind::keyword_not) return primary();
    const auto begin = nodes_.size();
    ++at_;
    add(negates ? Kind::negate : Kind::not_);
    return nested(&Parser::unary) && close(begin, 1, depth_);
  }

  bool primary() {
    switch (here()) {
      case TokenKind::open:
        return parenthesized();
      case TokenKind::keyword_true:
      case TokenKind::keyword_false:
        ++at_;
        add(Kind::boolean).detail = tokens_[at_ - 1].kind == TokenKind::keyword_true ? 1 : 0;
        return true;
      case TokenKind::integer:
        return integer();
      case TokenKind::string: {
        const auto& token = tokens_[at_++];
        add(Kind::string).data = place_of(token.text, token.at + 1);
        return true;
      }
      case TokenKind::keyword_exists:
        ++at_;
        if (here() != TokenKind::identifier) return refuse("EXISTS takes the name of an attribute");
        return attribute(Kind::exists);
      case TokenKind::identifier:
      case TokenKind::function_name:
        return name();
      default:
        return refuse("a value was expected");
    }
  }

  bool parenthesized() {
    const auto begin = nodes_.size();
    const auto from = tokens_[at_++].at;
    if (!nested(&Parser::logic)) return false;
    if (!take(TokenKind::close)) return refuse("\")\" was expected");
    nodes_[begin].begin = narrow(from);
    nodes_[begin].end = narrow(tokens_[at_ - 1].end);
    return true;
  }

  bool integer() {
    const auto& token = tokens_[at_];
    if (token.wide && wide_ == WideIntegers::refused)
      return refuse("an integer must be from -2147483648 to 2147483647");
    unreadable_ |= token.wide;
    ++at_;
    add(Kind::integer).data = std::bit_cast<std::uint32_t>(token.number);
    return true;
  }

  bool name() {
    const auto& token = tokens_[at_];
    const bool has_digits =
        std::any_of(token.text.begin(), token.text.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (ahead() == TokenKind::open && !has_digits) return call();
    if (token.kind == TokenKind::function_name) return refuse("a function was expected to be called");
    return attribute(Kind::attribute);
  }

  bool attribute(Kind kind) {
    const auto begin = tokens_[kind == Kind::exists ? at_ - 1 : at_].at;
    const auto& name = tokens_[at_++].text;
    auto& node = add(kind);
    node.begin = narrow(begin);
    // Data is not a context attribute, hence never there.
    node.data = name == "data" ? CesqlNode::kNoAttribute : attributes_.add(name);
    return true;
  }

  bool call() {
    const auto& token = tokens_[at_];
    const auto begin = nodes_.size();
    at_ += 2;
    auto& node = add(Kind::call);
    node.begin = narrow(token.at);
    node.data = place_of(text_.substr(token.at, token.end - token.at), token.at);
    depth_ = 0;
    std::size_t arguments = 0;
    if (!take(TokenKind::close) && !list(arguments)) return false;
    nodes_[begin].detail = find_function(upper(token.text), arguments);
    return close(begin, arguments, depth_);
  }

  std::string_view text_;
  std::vector<CesqlToken> tokens_;
  AttributeNames& attributes_;
  WideIntegers wide_;
  std::vector<CesqlNode> nodes_;
  std::string pool_;
  bool unreadable_ = false;
  std::size_t at_ = 0, nesting_ = 0, depth_ = 0;
  std::string fault_;
  Errc code_ = Errc::invalid_argument;
};

std::string why_unknown(const std::string& name, std::size_t arguments) {
  const auto names = cesql_function_names();
  if (std::find(names.begin(), names.end(), name) != names.end())
    return name + " does not take " + std::to_string(arguments) + " arguments";
  const auto nearest = base::nearest_name(name, names);
  return "unknown function " + name.substr(0, 64) +
         (nearest.empty() ? "" : "; did you mean " + std::string(nearest) + "?");
}

}  // namespace

Result<CesqlProgram> parse_cesql(std::string_view text, AttributeNames& attributes, WideIntegers wide) {
  if (text.size() > kCesqlBytesMax)
    return Error(Errc::too_large, "an expression has at most " + std::to_string(kCesqlBytesMax) + " bytes");
  if (!simdjson::validate_utf8(text.data(), text.size()))
    return Error(Errc::invalid_argument, "not valid UTF-8");
  auto tokens = lex_cesql(text);
  if (!tokens) return tokens.error();
  return Parser(text, std::move(*tokens), attributes, wide).parse();
}

std::vector<std::uint32_t> attributes_in(const CesqlNode& node) {
  std::vector<std::uint32_t> out;
  for (const auto* at = &node; at != &node + node.size; ++at)
    if ((at->kind == Kind::attribute || at->kind == Kind::exists) &&
        at->attribute() != CesqlNode::kNoAttribute)
      out.push_back(at->attribute());
  return out;
}

std::string find_unknown_function(const CesqlProgram& program) {
  const auto* const end = &program.root() + program.root().size;
  for (const auto* node = &program.root(); node != end; ++node)
    if (node->kind == Kind::call && node->detail == CesqlNode::kNoFunction)
      return why_unknown(upper(program.text(*node)), node->operands);
  return {};
}

}  // namespace signalbox::pipeline
