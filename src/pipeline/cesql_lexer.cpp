#include "pipeline/cesql_lexer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "event/characters.hpp"
#include "pipeline/cesql_functions.hpp"

namespace signalbox::pipeline {
namespace {

using TokenKind = CesqlToken::Kind;

constexpr std::array<std::pair<std::string_view, TokenKind>, 9> kKeywords{{{"and", TokenKind::keyword_and},
                                                                      {"or", TokenKind::keyword_or},
                                                                      {"xor", TokenKind::keyword_xor},
                                                                      {"not", TokenKind::keyword_not},
                                                                      {"like", TokenKind::keyword_like},
                                                                      {"in", TokenKind::keyword_in},
                                                                      {"exists", TokenKind::keyword_exists},
                                                                      {"true", TokenKind::keyword_true},
                                                                      {"false", TokenKind::keyword_false}}};

/// Longer ones before those that they begin with.
constexpr std::array<std::pair<std::string_view, TokenKind>, 15> kSymbols{{{"<>", TokenKind::not_equal},
                                                                      {"!=", TokenKind::not_equal},
                                                                      {"<=", TokenKind::less_or_equal},
                                                                      {">=", TokenKind::greater_or_equal},
                                                                      {"<", TokenKind::less},
                                                                      {">", TokenKind::greater},
                                                                      {"=", TokenKind::equal},
                                                                      {"(", TokenKind::open},
                                                                      {")", TokenKind::close},
                                                                      {",", TokenKind::comma},
                                                                      {"+", TokenKind::plus},
                                                                      {"-", TokenKind::minus},
                                                                      {"*", TokenKind::star},
                                                                      {"/", TokenKind::slash},
                                                                      {"%", TokenKind::percent}}};

using event::is_digit;
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  Result<std::vector<CesqlToken>> run() {
    std::vector<CesqlToken> tokens;
    do {
      while (at_ < text_.size() && is_space(text_[at_])) ++at_;
      CesqlToken token;
      token.at = at_;
      if (at_ < text_.size() && !read(token)) return Error(Errc::invalid_argument, std::move(fault_));
      token.end = at_;
      tokens.push_back(std::move(token));
    } while (tokens.back().kind != TokenKind::end);
    return tokens;
  }

 private:
  bool refuse(std::size_t at, const char* why) {
    fault_ = "at character " + std::to_string(count_characters(text_.substr(0, at))) + ": " + why;
    return false;
  }

  char peek(std::size_t ahead) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

  bool read(CesqlToken& token) {
    const char c = text_[at_];
    if (c == '\'' || c == '"') return string(token);
    if ((c == '+' || c == '-') && is_digit(peek(1))) return integer(token);
    if (is_digit(c) || event::is_alpha(c)) return word(token);
    for (const auto& [symbol, kind] : kSymbols) {
      if (!text_.substr(at_).starts_with(symbol)) continue;
      token.kind = kind;
      at_ += symbol.size();
      return true;
    }
    return refuse(at_, "this character has no meaning here");
  }

  bool string(CesqlToken& token) {
    const auto begin = at_;
    const char quote = text_[at_++];
    token.kind = TokenKind::string;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == quote && peek(1) != quote) return ++at_, true;
      if (c == '\\' && at_ + 1 == text_.size()) break;
      // A backslash takes what follows along; only the quotation mark loses it.
      if (c == quote || (c == '\\' && peek(1) == quote))
        ++at_;
      else if (c == '\\')
        token.text += text_[at_++];
      token.text += text_[at_];
    }
    return refuse(begin, "a string without its closing quotation mark");
  }

  bool integer(CesqlToken& token) {
    if (text_[at_] == '+') ++at_;
    token.kind = TokenKind::integer;
    const char* const end = text_.data() + text_.size();
    const auto [stop, ec] = std::from_chars(text_.data() + at_, end, token.number);
    token.wide = ec != std::errc();
    at_ = static_cast<std::size_t>(stop - text_.data());
    return true;
  }

  bool word(CesqlToken& token) {
    const auto begin = at_;
    while (at_ < text_.size() && (event::is_alpha(text_[at_]) || is_digit(text_[at_]) || text_[at_] == '_')) ++at_;
    const auto all = text_.substr(begin, at_ - begin);
    const bool digits = std::any_of(all.begin(), all.end(), is_digit);
    const bool underscores = all.find('_') != std::string_view::npos;
    if (digits && underscores) return refuse(begin, "a name has no digits and underscores both");
    if (std::all_of(all.begin(), all.end(), is_digit)) {
      at_ = begin;
      return integer(token);
    }
    token.text.resize(all.size());
    std::transform(all.begin(), all.end(), token.text.begin(), event::to_lower);
    token.kind = underscores ? TokenKind::function_name : TokenKind::identifier;
    for (const auto& [keyword, kind] : kKeywords)
      if (keyword == token.text) token.kind = kind;
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string fault_;
};

}  // namespace

Result<std::vector<CesqlToken>> lex_cesql(std::string_view text) { return Lexer(text).run(); }

}  // namespace signalbox::pipeline
