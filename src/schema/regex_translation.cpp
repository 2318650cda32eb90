#include "schema/regex_translation.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <utility>

#include "event/characters.hpp"

namespace signalbox::schema {
namespace {

constexpr std::string_view kSpace =
    R"(\t\n\v\f\r \x{a0}\x{1680}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}\x{2000}-\x{200a})";
// Both end in a range: what follows in a class cannot become the end of one.
/// All but kSpace, for use inside a class, where there is no other complement.
constexpr std::string_view kNoSpace =
    R"(\x{0}-\x{8}\x{e}-\x{1f}\x{21}-\x{9f}\x{a1}-\x{167f}\x{1681}-\x{1fff}\x{200b}-\x{2027})"
    R"(\x{202a}-\x{202e}\x{2030}-\x{205e}\x{2060}-\x{2fff}\x{3001}-\x{fefe}\x{ff00}-\x{10ffff})";
constexpr std::string_view kNeedsEscape = "\\^$.|?*+()[]{}-/";

/// Long names of general categories (UAX #44), in the forms that ECMA-262 takes.
constexpr std::array<std::pair<std::string_view, std::string_view>, 41> kCategories{{
    {"Letter", "L"},
    {"Uppercase_Letter", "Lu"},
    {"Lowercase_Letter", "Ll"},
    {"Titlecase_Letter", "Lt"},
    {"Modifier_Letter", "Lm"},
    {"Other_Letter", "Lo"},
    {"Mark", "M"},
    {"Combining_Mark", "M"},
    {"Nonspacing_Mark", "Mn"},
    {"Spacing_Mark", "Mc"},
    {"Enclosing_Mark", "Me"},
    {"Number", "N"},
    {"Decimal_Number", "Nd"},
    {"digit", "Nd"},
    {"Letter_Number", "Nl"},
    {"Other_Number", "No"},
    {"Punctuation", "P"},
    {"punct", "P"},
    {"Connector_Punctuation", "Pc"},
    {"Dash_Punctuation", "Pd"},
    {"Open_Punctuation", "Ps"},
    {"Close_Punctuation", "Pe"},
    {"Initial_Punctuation", "Pi"},
    {"Final_Punctuation", "Pf"},
    {"Other_Punctuation", "Po"},
    {"Symbol", "S"},
    {"Math_Symbol", "Sm"},
    {"Currency_Symbol", "Sc"},
    {"Modifier_Symbol", "Sk"},
    {"Other_Symbol", "So"},
    {"Separator", "Z"},
    {"Space_Separator", "Zs"},
    {"Line_Separator", "Zl"},
    {"Paragraph_Separator", "Zp"},
    {"Other", "C"},
    {"Control", "Cc"},
    {"cntrl", "Cc"},
    {"Format", "Cf"},
    {"Surrogate", "Cs"},
    {"Private_Use", "Co"},
    {"Unassigned", "Cn"},
}};

std::string code_point(std::uint32_t value) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hex;
  do hex.insert(hex.begin(), digits[value & 15]);
  while (value >>= 4);
  return "\\x{" + hex + "}";
}

class Translator {
 public:
  explicit Translator(std::string_view text) : text_(text) {}

  Result<std::string> run() {
    while (!failed() && at_ < text_.size()) translate_one();
    if (failed()) return Error(code_, "at byte " + std::to_string(fault_at_) + ": " + message_);
    return std::move(out_);
  }

 private:
  bool failed() const { return !message_.empty(); }

  void fail(std::size_t at, std::string message, Errc code = Errc::invalid_argument) {
    if (failed()) return;
    code_ = code;
    fault_at_ = at;
    message_ = std::move(message);
  }

  bool next_is(std::string_view what) const { return text_.substr(at_).starts_with(what); }

  void translate_one() {
    switch (text_[at_]) {
      case '\\':
        translate_escape(false);
        break;
      case '[':
        translate_class();
        break;
      case '(':
        translate_group();
        break;
      case '.':
        out_ += R"([^\n\r\x{2028}\x{2029}])";
        ++at_;
        break;
      case '{':
        translate_brace();
        break;
      case '}':
      case ']':
        (out_ += '\\') += text_[at_++];
        break;
      default:
        out_ += text_[at_++];
    }
  }

  /// A quantifier {n}, {n,} or {n,m} stays; any other brace stands for itself.
  void translate_brace() {
    auto end = at_ + 1;
    const auto digits = [&] {
      const auto begin = end;
      while (end < text_.size() && event::is_digit(text_[end])) ++end;
      return end > begin;
    };
    bool quantifier = digits();
    if (quantifier && end < text_.size() && text_[end] == ',') {
      ++end;
      digits();
    }
    quantifier = quantifier && end < text_.size() && text_[end] == '}';
    if (!quantifier) {
      out_ += "\\{";
      ++at_;
      return;
    }
    out_ += text_.substr(at_, end + 1 - at_);
    at_ = end + 1;
  }

  void translate_group() {
    const auto begin = at_++;
    out_ += "(?:";
    if (!next_is("?")) return;
    if (next_is("?:")) {
      at_ += 2;
    } else if (next_is("?=") || next_is("?!") || next_is("?<=") || next_is("?<!")) {
      fail(begin, "look-around (?= (?! (?<= (?<! is not supported", Errc::unsupported);
    } else if (next_is("?<") && text_.find('>', at_) != std::string_view::npos) {
      at_ = text_.find('>', at_) + 1;  // a name, which nothing can refer to
    } else {
      fail(begin, "a group of an unknown kind");
    }
  }

  void translate_class() {
    const auto begin = at_++;
    const bool negated = next_is("^");
    if (negated) ++at_;
    if (next_is("]")) {
      ++at_;
      out_ += negated ? R"([\x{0}-\x{10ffff}])" : R"([^\x{0}-\x{10ffff}])";
      return;
    }
    out_ += negated ? "[^" : "[";
    while (at_ < text_.size() && text_[at_] != ']' && !failed()) {
      if (text_[at_] == '\\')
        translate_escape(true);
      else if (text_[at_] == '[')
        (out_ += '\\') += text_[at_++];
      else
        out_ += text_[at_++];
    }
    if (at_ == text_.size()) return fail(begin, "a class without its closing bracket");
    ++at_;
    out_ += ']';
  }

  void translate_escape(bool in_class) {
    const auto begin = at_++;
    if (at_ == text_.size()) return fail(begin, "a backslash at the end");
    const char c = text_[at_++];
    switch (c) {
      case 'd':
        out_ += in_class ? "0-9" : "[0-9]";
        return;
      case 'D':
      case 'w':
      case 'W':
        (out_ += '\\') += c;
        return;
      case 's':
        append_set(kSpace, in_class);
        return;
      case 'S':
        append_set(kNoSpace, in_class);
        return;
      case 'b':
      case 'B':
        if (in_class && c == 'B') return fail(begin, "\\B in a class");
        out_ += in_class ? R"(\x{8})" : c == 'b' ? R"(\b)" : R"(\B)";
        return;
      case 't':
      case 'n':
      case 'v':
      case 'f':
      case 'r':
        (out_ += '\\') += c;
        return;
      case 'c':
        if (at_ == text_.size() || !event::is_alpha(text_[at_])) return fail(begin, "\\c without a letter");
        out_ += code_point(static_cast<unsigned char>(text_[at_++]) & 31u);
        return;
      case 'x':
        return translate_code_point(begin, 2);
      case 'u':
        return translate_code_point(begin, 4);
      case 'p':
      case 'P':
        return translate_property(begin, c, in_class);
      case '0':
        if (at_ < text_.size() && event::is_digit(text_[at_])) return fail(begin, "an octal escape");
        out_ += R"(\x{0})";
        return;
      default:
        translate_identity(begin, c);
    }
  }

  void append_set(std::string_view set, bool in_class) {
    if (!in_class) out_ += '[';
    out_ += set;
    if (!in_class) out_ += ']';
  }

  void translate_identity(std::size_t begin, char c) {
    if (event::is_digit(c) || c == 'k')
      return fail(begin, "back references are not supported", Errc::unsupported);
    if (event::is_alpha(c)) return fail(begin, std::string("an unknown escape \\") + c);
    if (kNeedsEscape.find(c) != std::string_view::npos) out_ += '\\';
    out_ += c;
  }

  std::optional<std::uint32_t> hex(std::size_t count) {
    if (text_.size() - at_ < count || count == 0) return std::nullopt;
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const int digit = event::hex_value(text_[at_ + i]);
      if (digit < 0 || value > 0xFFFFFF) return std::nullopt;
      value = value << 4 | static_cast<std::uint32_t>(digit);
    }
    at_ += count;
    return value;
  }

  void translate_code_point(std::size_t begin, std::size_t digits) {
    std::optional<std::uint32_t> value;
    if (digits == 4 && next_is("{")) {
      ++at_;
      value = hex(std::min(text_.find('}', at_), text_.size()) - at_);
      if (!next_is("}")) value.reset();
      ++at_;
    } else {
      value = hex(digits);
    }
    if (value && *value >= 0xD800 && *value < 0xDC00 && next_is("\\u")) {
      at_ += 2;
      const auto low = hex(4);
      if (low && *low >= 0xDC00 && *low < 0xE000)
        value = 0x10000 + ((*value - 0xD800) << 10) + (*low - 0xDC00);
    }
    if (!value || *value > 0x10FFFF) return fail(begin, "an escape without its hexadecimal digits");
    if (*value >= 0xD800 && *value < 0xE000) return fail(begin, "half a surrogate pair");
    out_ += code_point(*value);
  }

  void translate_property(std::size_t begin, char letter, bool in_class) {
    const auto end = text_.find('}', at_);
    if (!next_is("{") || end == std::string_view::npos) return fail(begin, "\\p without {a property}");
    auto name = text_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    if (name == "ASCII")
      return append_set(letter == 'p' ? R"(\x{0}-\x{7f})" : R"(\x{80}-\x{10ffff})", in_class);
    if (const auto equals = name.find('='); equals != std::string_view::npos) name.remove_prefix(equals + 1);
    const auto* category = std::find_if(kCategories.begin(), kCategories.end(),
                                        [&](const auto& entry) { return entry.first == name; });
    if (category != kCategories.end()) name = category->second;
    (((out_ += '\\') += letter) += '{') += name;
    out_ += '}';
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string out_;
  std::string message_;
  std::size_t fault_at_ = 0;
  Errc code_ = Errc::invalid_argument;
};

}  // namespace

Result<std::string> to_re2(std::string_view ecma) { return Translator(ecma).run(); }

}  // namespace signalbox::schema
