#include <algorithm>
#include <utility>

#include "pipeline/cesql_lexer.hpp"
#include "pipeline/cesql_node.hpp"

namespace signalbox::pipeline {
namespace {

using Kind = CesqlNode::Kind;
using TokenKind = CesqlToken::Kind;

constexpr std::int64_t kPatternMemoryMax = 1 << 20;

std::string upper(std::string text) {
  for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return text;
}

/// A LIKE pattern as a regular expression: `%` any characters, `_` one, either literal after a backslash.
std::string to_regular_expression(std::string_view like) {
  std::string out, literal;
  const auto flush = [&] {
    out += re2::RE2::QuoteMeta(literal);
    literal.clear();
  };
  for (std::size_t i = 0; i < like.size(); ++i) {
    if (like[i] == '\\' && i + 1 < like.size() && (like[i + 1] == '%' || like[i + 1] == '_')) {
      literal += like[++i];
    } else if (like[i] == '%' || like[i] == '_') {
      flush();
      out += like[i] == '%' ? ".*" : ".";
    } else {
      literal += like[i];
    }
  }
  flush();
  return out;
}

class Parser {
 public:
  Parser(std::vector<CesqlToken> tokens, std::vector<std::string>& attributes, WideIntegers wide)
      : tokens_(std::move(tokens)), attributes_(attributes), wide_(wide) {}

  Result<CesqlNode> parse() {
    CesqlNode root;
    if (logic(root) && (here() == TokenKind::end || refuse("an operator was expected")))
      return unreadable_ ? of(Kind::unreadable) : std::move(root);
    return Error(code_, std::move(fault_));
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
    if (fault_.empty()) {
      fault_ = (here() == TokenKind::end ? "at the end: "
                                         : "at character " + std::to_string(tokens_[at_].at) + ": ") +
               why;
      code_ = code;
    }
    return false;
  }

  /// Puts `node` in the place of its first operand.
  bool wrap(CesqlNode& operand, CesqlNode node) {
    node.operands.insert(node.operands.begin(), std::move(operand));
    for (const auto& child : node.operands) node.depth = std::max(node.depth, child.depth + 1);
    operand = std::move(node);
    return operand.depth <= kCesqlDepthMax || refuse("too many operators in a row", Errc::too_large);
  }

  static CesqlNode of(Kind kind) {
    CesqlNode node;
    node.kind = kind;
    return node;
  }

  /// AND, OR, XOR: one precedence, to the right.
  bool logic(CesqlNode& into) {
    std::vector<CesqlNode> operands(1);
    std::vector<Kind> operators;
    if (!comparison(operands.back())) return false;
    for (;;) {
      if (take(TokenKind::keyword_and))
        operators.push_back(Kind::and_);
      else if (take(TokenKind::keyword_or))
        operators.push_back(Kind::or_);
      else if (take(TokenKind::keyword_xor))
        operators.push_back(Kind::xor_);
      else
        break;
      if (!comparison(operands.emplace_back())) return false;
    }
    for (; !operators.empty(); operators.pop_back()) {
      auto node = of(operators.back());
      node.operands.push_back(std::move(operands.back()));
      operands.pop_back();
      if (!wrap(operands.back(), std::move(node))) return false;
    }
    into = std::move(operands.front());
    return true;
  }

  using Level = bool (Parser::*)(CesqlNode&);

  /// A level of binary operators that associate to the left.
  template <class OperatorOf>
  bool to_the_left(CesqlNode& into, Level operand, OperatorOf operator_of) {
    if (!(this->*operand)(into)) return false;
    for (auto kind = operator_of(here()); kind != Kind::literal; kind = operator_of(here())) {
      ++at_;
      auto node = of(kind);
      if (!(this->*operand)(node.operands.emplace_back()) || !wrap(into, std::move(node))) return false;
    }
    return true;
  }

  bool comparison(CesqlNode& into) {
    return to_the_left(into, &Parser::sum, [](TokenKind kind) {
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
          return Kind::literal;
      }
    });
  }

  bool sum(CesqlNode& into) {
    return to_the_left(into, &Parser::product, [](TokenKind kind) {
      return kind == TokenKind::plus ? Kind::add : kind == TokenKind::minus ? Kind::subtract : Kind::literal;
    });
  }

  bool product(CesqlNode& into) {
    return to_the_left(into, &Parser::membership, [](TokenKind kind) {
      return kind == TokenKind::star      ? Kind::multiply
             : kind == TokenKind::slash   ? Kind::divide
             : kind == TokenKind::percent ? Kind::remainder
                                          : Kind::literal;
    });
  }

  /// LIKE and IN, which bind tighter than all other binary operators.
  bool membership(CesqlNode& into) {
    if (!unary(into)) return false;
    for (;;) {
      const bool negated = here() == TokenKind::keyword_not &&
                           (ahead() == TokenKind::keyword_like || ahead() == TokenKind::keyword_in);
      if (negated) ++at_;
      if (take(TokenKind::keyword_like)) {
        if (!like(into, negated)) return false;
      } else if (take(TokenKind::keyword_in)) {
        if (!in(into, negated)) return false;
      } else {
        return true;
      }
    }
  }

  bool like(CesqlNode& into, bool negated) {
    if (here() != TokenKind::string) return refuse("LIKE takes a string in quotation marks");
    auto node = of(Kind::like);
    node.negated = negated;
    re2::RE2::Options options(re2::RE2::Quiet);
    options.set_dot_nl(true);
    options.set_max_mem(kPatternMemoryMax);
    node.pattern = std::make_unique<const re2::RE2>(to_regular_expression(tokens_[at_].text), options);
    if (!node.pattern->ok()) return refuse("the pattern of LIKE is too large", Errc::too_large);
    ++at_;
    return wrap(into, std::move(node));
  }

  bool in(CesqlNode& into, bool negated) {
    auto node = of(Kind::in);
    node.negated = negated;
    if (here() != TokenKind::open || ahead() == TokenKind::close)
      return refuse("IN takes a list in parentheses, as in IN ('a', 'b')");
    ++at_;
    return list(node.operands) && wrap(into, std::move(node));
  }

  /// Expressions up to the closing parenthesis.
  bool list(std::vector<CesqlNode>& into) {
    do {
      if (!nested(into.emplace_back(), &Parser::logic)) return false;
    } while (take(TokenKind::comma));
    return take(TokenKind::close) || refuse("a comma or \")\" was expected");
  }

  bool nested(CesqlNode& into, Level level) {
    if (nesting_ == kCesqlNestingMax) return refuse("nested too deeply", Errc::too_large);
    ++nesting_;
    const bool read = (this->*level)(into);
    --nesting_;
    return read;
  }

  bool unary(CesqlNode& into) {
    if (take(TokenKind::keyword_not)) return nested(into, &Parser::unary) && wrap(into, of(Kind::not_));
    if (take(TokenKind::minus)) return nested(into, &Parser::unary) && wrap(into, of(Kind::negate));
    return primary(into);
  }

  bool primary(CesqlNode& into) {
    const auto& token = tokens_[at_];
    switch (token.kind) {
      case TokenKind::open:
        ++at_;
        return nested(into, &Parser::logic) && (take(TokenKind::close) || refuse("\")\" was expected"));
      case TokenKind::keyword_true:
      case TokenKind::keyword_false:
        return literal(into, token.kind == TokenKind::keyword_true);
      case TokenKind::integer:
        if (token.wide && wide_ == WideIntegers::refused)
          return refuse("an integer must be from -2147483648 to 2147483647");
        unreadable_ |= token.wide;
        return literal(into, token.number);
      case TokenKind::string:
        return literal(into, token.text);
      case TokenKind::keyword_exists:
        ++at_;
        if (here() != TokenKind::identifier) return refuse("EXISTS takes the name of an attribute");
        return attribute(into, Kind::exists);
      case TokenKind::identifier:
      case TokenKind::function_name:
        if (ahead() == TokenKind::open &&
            std::none_of(token.text.begin(), token.text.end(), [](char c) { return c >= '0' && c <= '9'; }))
          return call(into);
        if (token.kind == TokenKind::function_name) return refuse("a function was expected to be called");
        return attribute(into, Kind::attribute);
      default:
        return refuse("a value was expected");
    }
  }

  bool literal(CesqlNode& into, CesqlValue value) {
    into = of(Kind::literal);
    into.value = std::move(value);
    ++at_;
    return true;
  }

  bool attribute(CesqlNode& into, Kind kind) {
    into = of(kind);
    const auto& name = tokens_[at_++].text;
    if (name == "data") return true;  // not a context attribute, hence never there
    const auto found = std::find(attributes_.begin(), attributes_.end(), name);
    into.attribute = static_cast<std::size_t>(found - attributes_.begin());
    if (found == attributes_.end()) attributes_.push_back(name);
    return true;
  }

  bool call(CesqlNode& into) {
    into = of(Kind::call);
    into.name = upper(tokens_[at_].text);
    at_ += 2;
    if (!take(TokenKind::close) && !list(into.operands)) return false;
    into.function = find_cesql_function(into.name, into.operands.size());
    for (const auto& argument : into.operands) into.depth = std::max(into.depth, argument.depth + 1);
    return into.depth <= kCesqlDepthMax || refuse("too many operators in a row", Errc::too_large);
  }

  std::vector<CesqlToken> tokens_;
  std::vector<std::string>& attributes_;
  WideIntegers wide_;
  bool unreadable_ = false;
  std::size_t at_ = 0, nesting_ = 0;
  std::string fault_;
  Errc code_ = Errc::invalid_argument;
};

}  // namespace

Result<CesqlNode> parse_cesql(std::string_view text, std::vector<std::string>& attributes,
                              WideIntegers wide) {
  if (text.size() > kCesqlBytesMax)
    return Error(Errc::too_large, "an expression has at most " + std::to_string(kCesqlBytesMax) + " bytes");
  auto tokens = lex_cesql(text);
  if (!tokens) return tokens.error();
  return Parser(std::move(*tokens), attributes, wide).parse();
}

}  // namespace signalbox::pipeline
