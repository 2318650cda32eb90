#include "event/json_scan.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <limits>
#include <utility>
#include <vector>

#include "event/characters.hpp"
#include "event/text_scan.hpp"

namespace signalbox::event {
namespace {

constexpr std::size_t kPointerMax = 256;
constexpr std::size_t kFewKeys = 20;  // up to here comparing all with all is the cheapest
constexpr std::uint32_t kAsWritten = std::numeric_limits<std::uint32_t>::max();

std::uint32_t four_hex(const char* p) {
  std::uint32_t value = 0;
  for (int i = 0; i < 4; ++i) value = value << 4 | static_cast<std::uint32_t>(hex_value(p[i]));
  return value;
}

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
    default:
      return c;  // '"', '\\' and '/' stand for themselves
  }
}

/// Appends one reference token (RFC 6901 section 3).
void append_token(std::string& pointer, std::string_view token) {
  pointer += '/';
  for (char c : token) {
    if (c == '~')
      pointer += "~0";
    else if (c == '/')
      pointer += "~1";
    else
      pointer += c >= 0x20 && c <= 0x7E ? c : '?';
  }
}

/// Finds the path to a byte of a text that is well-formed up to there.  Only for faults: not fast.
class PointerFinder {
 public:
  PointerFinder(std::string_view text, std::size_t offset) : text_(text), offset_(offset) {}

  std::string find() {
    while (at_ < offset_ && at_ < text_.size()) step(text_[at_]);
    // A fault at the beginning of a member's name is about that member.
    if (at_ == offset_ && name_expected() && at_ < text_.size() && text_[at_] == '"') take_string();
    return to_pointer();
  }

 private:
  struct Level {
    bool object;
    bool name_next;  // of an object
    std::size_t index = 0;
    std::string name;
  };

  bool name_expected() const { return !path_.empty() && path_.back().object && path_.back().name_next; }

  void step(char c) {
    switch (c) {
      case '{':
        path_.push_back({true, true, 0, {}});
        break;
      case '[':
        path_.push_back({false, false, 0, {}});
        break;
      case '}':
      case ']':
        if (!path_.empty()) path_.pop_back();
        break;
      case ',':
        if (!path_.empty()) {
          path_.back().name_next = path_.back().object;
          path_.back().name.clear();
          ++path_.back().index;
        }
        break;
      case '"':
        take_string();
        return;
      default:
        break;
    }
    ++at_;
  }

  void take_string() {
    const auto begin = at_ + 1;
    for (at_ = begin; at_ < text_.size() && text_[at_] != '"'; ++at_)
      if (text_[at_] == '\\') ++at_;
    const bool whole = at_ < text_.size() && (begin > offset_ || at_ < offset_);
    if (whole && name_expected()) {
      path_.back().name = text_.substr(begin, std::min(at_ - begin, kPointerMax));
      path_.back().name_next = false;
    }
    ++at_;
  }

  std::string to_pointer() const {
    std::string pointer;
    for (const auto& level : path_) {
      if (pointer.size() > kPointerMax) return pointer + "...";
      if (!level.object)
        append_token(pointer, std::to_string(level.index));
      else if (!level.name_next)
        append_token(pointer, level.name);
    }
    return pointer;
  }

  std::string_view text_;
  std::size_t offset_, at_ = 0;
  std::vector<Level> path_;
};

}  // namespace

bool append_unescaped(std::string& out, std::string_view content, UnpairedSurrogates surrogates) {
  const char* p = content.data();
  const char* const end = p + content.size();
  while (p != end) {
    const auto* slash = static_cast<const char*>(std::memchr(p, '\\', static_cast<std::size_t>(end - p)));
    if (!slash) slash = end;
    out.append(p, slash);
    if (slash == end) break;
    if (slash[1] != 'u') {
      out += simple_escape(slash[1]);
      p = slash + 2;
      continue;
    }
    auto point = four_hex(slash + 2);
    p = slash + 6;
    if (point >= 0xD800 && point <= 0xDBFF && end - p >= 6 && p[0] == '\\' && p[1] == 'u') {
      const auto low = four_hex(p + 2);
      if (low >= 0xDC00 && low <= 0xDFFF) {
        point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
        p += 6;
      }
    }
    if (point >= 0xD800 && point <= 0xDFFF && surrogates == UnpairedSurrogates::refuse) return false;
    append_code_point(out, point);
  }
  return true;
}

std::optional<JsonFault> validate_json_encoding(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) return JsonFault{0, "", "begins with a byte order mark"};
  if (is_utf8(text)) return std::nullopt;
  const auto at = find_invalid_utf8(text);
  return JsonFault{at.value_or(0), "", "not valid UTF-8"};
}

JsonCheck check_json(std::string_view text, unsigned depth) {
  if (text.size() >= kAsWritten) return {JsonFault{0, "", "too long"}};
  if (auto fault = validate_json_encoding(text)) return {std::move(fault)};
  JsonCursor cursor(text, depth);
  if (cursor.read_value() && cursor.expect_end()) return {std::nullopt, cursor.names()};
  return {cursor.fault()};
}

std::optional<JsonFault> validate_json(std::string_view text, unsigned depth) {
  return check_json(text, depth).fault;
}

JsonCursor::JsonCursor(std::string_view text, unsigned depth)
    : begin_(text.data()), at_(begin_), end_(begin_ + text.size()), depth_(depth) {
  assert(text.size() < kAsWritten);
}

JsonFault JsonCursor::fault(std::size_t begin) const {
  assert(failed() && begin <= fault_at_);
  const auto rest = std::string_view(begin_, static_cast<std::size_t>(end_ - begin_)).substr(begin);
  return {fault_at_, PointerFinder(rest, fault_at_ - begin).find(), message_};
}

bool JsonCursor::fail(const char* at, const char* message) {
  if (!message_) {
    message_ = message;
    fault_at_ = static_cast<std::size_t>(at - begin_);
    at_ = end_;  // nothing more is found
  }
  return false;
}

/// The same where a pointer to what follows was wanted.
const char* JsonCursor::fault_at(const char* at, const char* message) {
  fail(at, message);
  return nullptr;
}

const char* JsonCursor::behind_space(const char* p) const {
  while (p != end_ && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t')) ++p;
  return p;
}

std::size_t JsonCursor::offset() {
  at_ = behind_space(at_);
  return static_cast<std::size_t>(at_ - begin_);
}

std::optional<JsonType> JsonCursor::next_type() {
  at_ = behind_space(at_);
  if (at_ == end_) return std::nullopt;
  switch (*at_) {
    case '{':
      return JsonType::object;
    case '[':
      return JsonType::array;
    case '"':
      return JsonType::string;
    case 't':
    case 'f':
      return JsonType::boolean;
    case 'n':
      return JsonType::null;
    default:
      return *at_ == '-' || is_digit(*at_) ? std::optional(JsonType::number) : std::nullopt;
  }
}

const char* JsonCursor::behind_string(const char* quote) {
  escaped_ = false;
  for (const char* p = quote + 1;;) {
    p = find_special(p, end_);
    if (p == end_) return fault_at(end_, "a string without its closing quote");
    if (*p == '"') return p + 1;
    if (*p != '\\') return fault_at(p, "a control character in a string");
    p = behind_escape(p);
    if (!p) return nullptr;
  }
}

const char* JsonCursor::behind_escape(const char* slash) {
  escaped_ = true;
  const char* p = slash + 1;
  if (p == end_) return fault_at(slash, "an escape cut short");
  switch (*p++) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
      return p;
    case 'u':
      break;
    default:
      return fault_at(slash, "an unknown escape");
  }
  for (int i = 0; i < 4; ++i, ++p)
    if (p == end_ || hex_value(*p) < 0) return fault_at(slash, "\\u without four hexadecimal digits");
  return p;
}

const char* JsonCursor::behind_number(const char* begin) {
  const auto behind_digits = [this](const char* p) {
    while (p != end_ && is_digit(*p)) ++p;
    return p;
  };
  const char* p = *begin == '-' ? begin + 1 : begin;
  if (p == end_ || !is_digit(*p)) return fault_at(begin, "a minus sign without a number");
  if (*p == '0' && p + 1 != end_ && is_digit(p[1])) return fault_at(begin, "a number with a leading zero");
  p = behind_digits(p);
  if (p != end_ && *p == '.') {
    const char* digits = p + 1;
    p = behind_digits(digits);
    if (p == digits) return fault_at(begin, "a number without digits after its point");
  }
  if (p != end_ && (*p == 'e' || *p == 'E')) {
    const char* digits = p + 1;
    if (digits != end_ && (*digits == '+' || *digits == '-')) ++digits;
    p = behind_digits(digits);
    if (p == digits) return fault_at(begin, "a number without digits in its exponent");
  }
  return p;
}

const char* JsonCursor::behind_literal(const char* p, std::string_view word) {
  if (!std::string_view(p, static_cast<std::size_t>(end_ - p)).starts_with(word))
    return fault_at(p, "neither true, false nor null");
  return p + word.size();
}

/// Behind the name that comes next and its colon.
const char* JsonCursor::behind_key(const char* p) {
  p = behind_space(p);
  if (p == end_ || *p != '"') return fault_at(p, "a member's name in quotes was expected");
  const char* quote = p;
  p = behind_string(quote);
  if (!p) return nullptr;
  std::string_view name(quote + 1, static_cast<std::size_t>(p - quote - 2));
  auto unescaped = kAsWritten;
  if (escaped_) {
    unescaped = static_cast<std::uint32_t>(unescaped_.size());
    append_unescaped(unescaped_, name, UnpairedSurrogates::keep);
    name = std::string_view(unescaped_).substr(unescaped);
  }
  dotted_ = dotted_ || has_dot(name);
  keys_.emplace_back(hash_of_name(name), static_cast<std::uint32_t>(quote - begin_),
                     static_cast<std::uint32_t>(name.size()), unescaped);
  p = behind_space(p);
  if (p == end_ || *p != ':') return fault_at(p, "':' was expected after a member's name");
  return p + 1;
}

/// Steps out of the innermost object or array, whose closing bracket is there.
const char* JsonCursor::behind_close(const char* bracket) {
  const auto frame = frames_.back();
  if (*bracket != (frame.object ? '}' : ']')) return fault_at(bracket, "the wrong closing bracket");
  if (frame.object) {
    if (!keys_differ(frame.first_key)) return nullptr;
    keys_.erase(keys_.begin() + frame.first_key, keys_.end());
    if (frame.first_key == 0) unescaped_.clear();
  }
  frames_.pop_back();
  return bracket + 1;
}

const char* JsonCursor::behind_scalar(const char* p) {
  switch (*p) {
    case '"':
      return behind_string(p);
    case 't':
      return behind_literal(p, "true");
    case 'f':
      return behind_literal(p, "false");
    case 'n':
      return behind_literal(p, "null");
    default:
      return *p == '-' || is_digit(*p) ? behind_number(p) : fault_at(p, "no JSON value begins like this");
  }
}

/// What comes next: steps into an object or array, whose first name it passes if it has one, or over a scalar.
JsonCursor::Step JsonCursor::begin_value(const char* p, std::size_t base) {
  p = behind_space(p);
  if (p == end_) return {fault_at(p, "ends where a value was expected"), false};
  if (*p != '{' && *p != '[') return {behind_scalar(p), true};
  if (frames_.size() - base >= depth_) return {fault_at(p, "nested too deeply"), false};
  const bool object = *p == '{';
  frames_.emplace_back(keys_.size(), object);
  p = behind_space(p + 1);
  if (p != end_ && (*p == '}' || *p == ']')) return {behind_close(p), true};
  return {object ? behind_key(p) : p, false};
}

/// Behind a member's or an element's value: the comma, and the next name if there is one, or the closing bracket.
JsonCursor::Step JsonCursor::after_value(const char* p) {
  p = behind_space(p);
  if (p == end_) return {fault_at(p, "ends inside an object or array"), false};
  if (*p == ',') return {frames_.back().object ? behind_key(p + 1) : p + 1, false};
  if (*p == '}' || *p == ']') return {behind_close(p), true};
  return {fault_at(p, "',' or a closing bracket was expected"), false};
}

std::optional<JsonValue> JsonCursor::read_value() {
  const auto type = next_type();
  const char* begin = at_;
  const auto base = frames_.size();
  Step step{begin, false};
  do {
    step = step.value_done ? after_value(step.at) : begin_value(step.at, base);
    if (!step.at) return std::nullopt;
  } while (!step.value_done || frames_.size() > base);
  at_ = step.at;
  return JsonValue{*type, std::string_view(begin, static_cast<std::size_t>(at_ - begin)), escaped_};
}

bool JsonCursor::enter(JsonType type, const char* otherwise) {
  if (next_type() != type) return fail(at_, otherwise);
  ++at_;
  frames_.emplace_back(keys_.size(), type == JsonType::object);
  return true;
}

bool JsonCursor::enter_object() { return enter(JsonType::object, "an object was expected"); }

bool JsonCursor::enter_array() { return enter(JsonType::array, "an array was expected"); }

/// Goes on to the next member's value or element; false at the end or a fault.
bool JsonCursor::next_in_frame() {
  const char* p = behind_space(at_);
  auto& frame = frames_.back();
  Step step;
  if (!std::exchange(frame.fresh, false)) step = after_value(p);
  else if (p != end_ && *p == (frame.object ? '}' : ']')) step = {behind_close(p), true};
  else step = {frame.object ? behind_key(p) : p, false};
  if (!step.at) return false;
  at_ = step.at;
  return !step.value_done;
}

std::optional<JsonValue> JsonCursor::next_member() {
  if (failed()) return std::nullopt;
  assert(!frames_.empty() && frames_.back().object);
  if (!next_in_frame()) return std::nullopt;
  const char* quote = begin_ + keys_.back().at;
  const char* last = at_ - 1;  // the colon
  while (*--last != '"') {
  }
  return JsonValue{JsonType::string, std::string_view(quote, static_cast<std::size_t>(last + 1 - quote)),
                   keys_.back().unescaped != kAsWritten};
}

bool JsonCursor::next_element() {
  if (failed()) return false;
  assert(!frames_.empty() && !frames_.back().object);
  return next_in_frame();
}

bool JsonCursor::expect_end() {
  if (failed()) return false;
  at_ = behind_space(at_);
  return at_ == end_ || fail(at_, "something follows the value");
}

std::string_view JsonCursor::text_of(const Key& key) const {
  const char* from = key.unescaped == kAsWritten ? begin_ + key.at + 1 : unescaped_.data() + key.unescaped;
  return {from, key.size};
}

bool JsonCursor::keys_differ(std::size_t first) {
  constexpr const char* twice = "a member's name comes twice";
  const auto begin = keys_.begin() + static_cast<std::ptrdiff_t>(first), end = keys_.end();
  if (keys_.size() - first <= kFewKeys) {
    for (auto key = begin; key != end; ++key)
      for (auto other = begin; other != key; ++other)
        if (key->hash == other->hash && text_of(*key) == text_of(*other))
          return fail(begin_ + key->at, twice);
    return true;
  }
  const auto same = [this](const Key& a, const Key& b) {
    return a.hash == b.hash && text_of(a) == text_of(b);
  };
  std::sort(begin, end, [this](const Key& a, const Key& b) {
    if (a.hash != b.hash) return a.hash < b.hash;
    const auto order = text_of(a).compare(text_of(b));
    return order != 0 ? order < 0 : a.at < b.at;
  });
  const auto found = std::adjacent_find(begin, end, same);
  return found == end || fail(begin_ + (found + 1)->at, twice);
}

}  // namespace signalbox::event
