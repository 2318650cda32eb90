#include "pipeline/json_reader.hpp"

#include "event/characters.hpp"

namespace signalbox::pipeline {
namespace {

using event::is_digit;

char simple_escape(char c) {
  switch (c) {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case '"':
    case '\\':
    case '/':
      return c;
    default:
      return 0;
  }
}

}  // namespace

std::string JsonReader::message() const {
  return "at byte " + std::to_string(fault_at_) + ": " + (message_ ? message_ : "no fault");
}

JsonToken JsonReader::fail(const char* message) {
  if (!message_) {
    message_ = message;
    fault_at_ = at_;
  }
  return JsonToken::fault;
}

void JsonReader::skip_space() {
  while (more() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t'))
    ++at_;
}

JsonToken JsonReader::next() {
  if (message_) return JsonToken::fault;
  skip_space();
  begin_ = at_;
  if (expect_ == Expect::nothing) return more() ? fail("something follows the value") : JsonToken::end;
  if (!more()) return fail(is_object_.empty() ? "a value was expected" : "ends inside an object or array");
  if (expect_ == Expect::comma_or_end) {
    if (text_[at_] == '}' || text_[at_] == ']') return close(text_[at_]);
    if (text_[at_] != ',')
      return fail(is_object_.back() ? "a comma or '}' was expected" : "a comma or ']' was expected");
    ++at_;
    skip_space();
    begin_ = at_;
    if (!more()) return fail("ends after a comma");
    expect_ = is_object_.back() ? Expect::name : Expect::value;
  }
  if (expect_ == Expect::name || expect_ == Expect::name_or_end) {
    if (text_[at_] == '}' && expect_ == Expect::name_or_end) return close('}');
    return read_name();
  }
  if (expect_ == Expect::value_or_end && text_[at_] == ']') return close(']');
  return read_value();
}

JsonToken JsonReader::finish(JsonToken token) {
  expect_ = is_object_.empty() ? Expect::nothing : Expect::comma_or_end;
  return token;
}

JsonToken JsonReader::read_value() {
  switch (text_[at_]) {
    case '{':
      return open(true);
    case '[':
      return open(false);
    case '"':
      return read_string() ? finish(JsonToken::string) : JsonToken::fault;
    case 't':
      return read_word("true") ? finish(JsonToken::true_value) : JsonToken::fault;
    case 'f':
      return read_word("false") ? finish(JsonToken::false_value) : JsonToken::fault;
    case 'n':
      return read_word("null") ? finish(JsonToken::null_value) : JsonToken::fault;
    default:
      return read_number() ? finish(JsonToken::number) : JsonToken::fault;
  }
}

JsonToken JsonReader::read_name() {
  if (text_[at_] != '"') return fail("a member's name in quotes was expected");
  const auto begin = begin_;
  if (!read_string()) return JsonToken::fault;
  skip_space();
  if (!more() || text_[at_] != ':') return fail("':' was expected after a member's name");
  ++at_;
  begin_ = begin;
  expect_ = Expect::value;
  return JsonToken::name;
}

JsonToken JsonReader::open(bool object) {
  if (is_object_.size() == depth_max_) return fail("nested too deeply");
  ++at_;
  is_object_.push_back(object);
  expect_ = object ? Expect::name_or_end : Expect::value_or_end;
  return object ? JsonToken::object : JsonToken::array;
}

JsonToken JsonReader::close(char bracket) {
  const bool object = is_object_.back();
  if (bracket != (object ? '}' : ']')) return fail("the wrong closing bracket");
  ++at_;
  is_object_.pop_back();
  return finish(object ? JsonToken::object_end : JsonToken::array_end);
}

bool JsonReader::skip_container() {
  const auto outside = is_object_.size() - 1;
  while (is_object_.size() > outside)
    if (next() == JsonToken::fault) return false;
  return true;
}

bool JsonReader::read_string() {
  const auto begin = ++at_;
  while (more() && text_[at_] != '"' && text_[at_] != '\\' && static_cast<unsigned char>(text_[at_]) >= 0x20)
    ++at_;
  if (more() && text_[at_] == '"') {
    token_text_ = text_.substr(begin, at_++ - begin);
    return true;
  }
  unescaped_.assign(text_.substr(begin, at_ - begin));
  while (more() && text_[at_] != '"') {
    if (static_cast<unsigned char>(text_[at_]) < 0x20) return fail("a control character in a string"), false;
    if (text_[at_] != '\\') {
      unescaped_ += text_[at_++];
    } else if (!read_escape(unescaped_)) {
      return false;
    }
  }
  if (!more()) return fail("a string without its closing quote"), false;
  ++at_;
  token_text_ = unescaped_;
  return true;
}

bool JsonReader::read_hex(std::uint32_t& unit) {
  unit = 0;
  for (int i = 0; i < 4; ++i, ++at_) {
    if (!more() || event::hex_value(text_[at_]) < 0) return fail("\\u without four hexadecimal digits"), false;
    unit = unit << 4 | static_cast<std::uint32_t>(event::hex_value(text_[at_]));
  }
  return true;
}

bool JsonReader::read_escape(std::string& out) {
  if (++at_ == text_.size()) return fail("an escape cut short"), false;
  if (text_[at_] != 'u') {
    const char c = simple_escape(text_[at_]);
    if (c == 0) return fail("an unknown escape"), false;
    out += c;
    ++at_;
    return true;
  }
  ++at_;
  std::uint32_t unit = 0;
  if (!read_hex(unit)) return false;
  const bool high = unit >= 0xD800 && unit <= 0xDBFF;
  if (high && text_.substr(at_).starts_with("\\u")) {
    const auto after_high = at_;
    at_ += 2;
    std::uint32_t low = 0;
    if (!read_hex(low)) return false;
    if (low >= 0xDC00 && low <= 0xDFFF)
      unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
    else
      at_ = after_high;
  }
  event::append_code_point(out, unit);
  return true;
}

bool JsonReader::read_number() {
  const auto begin = at_;
  const auto digits = [this] {
    const auto first = at_;
    while (more() && is_digit(text_[at_])) ++at_;
    return at_ != first;
  };
  if (text_[at_] == '-') ++at_;
  if (more() && text_[at_] == '0') {
    ++at_;
    if (more() && is_digit(text_[at_])) return fail("a number with a leading zero"), false;
  } else if (!digits()) {
    return fail(at_ == begin ? "no JSON value begins like this" : "a minus sign without a number"), false;
  }
  if (more() && text_[at_] == '.') {
    ++at_;
    if (!digits()) return fail("a number without digits after its point"), false;
  }
  if (more() && (text_[at_] == 'e' || text_[at_] == 'E')) {
    ++at_;
    if (more() && (text_[at_] == '+' || text_[at_] == '-')) ++at_;
    if (!digits()) return fail("a number without digits in its exponent"), false;
  }
  token_text_ = text_.substr(begin, at_ - begin);
  return true;
}

bool JsonReader::read_word(std::string_view word) {
  if (!text_.substr(at_).starts_with(word)) return fail("neither true, false nor null"), false;
  token_text_ = text_.substr(at_, word.size());
  at_ += word.size();
  return true;
}

}  // namespace signalbox::pipeline
