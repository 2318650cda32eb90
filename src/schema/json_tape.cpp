#include "schema/json_tape.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

#include "event/characters.hpp"
#include "event/codec.hpp"
#include "event/json_pointer.hpp"
#include "event/json_scan.hpp"
#include "event/text_scan.hpp"

namespace signalbox::schema {
namespace {

constexpr std::size_t kPointerBytesMax = 1024;
constexpr std::size_t kKeptNodes = 64 * 1024;
constexpr std::size_t kKeptBytes = 1 << 20;

}  // namespace

/// The pass over the text: a loop that knows what may come next.
class JsonTape::Reader {
 public:
  Reader(JsonTape& tape, std::string_view text, unsigned depth_max)
      : tape_(tape),
        begin_(text.data()),
        at_(text.data()),
        end_(text.data() + text.size()),
        depth_max_(depth_max) {}

  bool read() {
    skip_space();
    while (read_value()) {
      for (;;) {  // after a value
        skip_space();
        if (tape_.open_.empty()) return at_ == end_ || fail("something follows the value");
        if (at_ == end_) return fail("the text ends inside an object or array");
        if (*at_ == ',') {
          ++at_;
          skip_space();
          if (in_object() && !read_name()) return false;
          break;
        }
        if (!close()) return false;
      }
    }
    return false;
  }

 private:
  bool fail(const char* message) {
    tape_.message_ = message;
    tape_.fault_at_ = static_cast<std::size_t>(at_ - begin_);
    return false;
  }

  void skip_space() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
  }

  bool in_object() const { return tape_.nodes_[tape_.open_.back()].kind == JsonKind::object; }

  void add(JsonKind kind, const char* from, std::size_t size, bool plain_integer = false) {
    if (tape_.count_ == tape_.nodes_.size()) grow();
    tape_.nodes_[tape_.count_++] = {static_cast<std::uint32_t>(from - begin_),
                                    static_cast<std::uint32_t>(size),
                                    0,
                                    kind,
                                    false,
                                    plain_integer};
  }

  [[gnu::noinline]] void grow() { tape_.nodes_.resize(std::max<std::size_t>(256, tape_.nodes_.size() * 2)); }

  std::uint32_t last() const { return static_cast<std::uint32_t>(tape_.count_ - 1); }

  /// Counts what is about to be read in the container around it.
  void count() {
    if (!tape_.open_.empty()) ++tape_.nodes_[tape_.open_.back()].size;
  }

  /// Reads a scalar, or the beginning of containers down to the first scalar or empty container.
  bool read_value() {
    for (;;) {
      if (at_ == end_) return fail("the text ends where a value was expected");
      count();
      switch (*at_) {
        case '"':
          return read_string();
        case 't':
          return read_word("true", JsonKind::true_value);
        case 'f':
          return read_word("false", JsonKind::false_value);
        case 'n':
          return read_word("null", JsonKind::null);
        case '{':
        case '[': {
          const bool object = *at_ == '{';
          if (tape_.open_.size() >= depth_max_) return fail("nested too deeply");
          add(object ? JsonKind::object : JsonKind::array, at_++, 0);
          tape_.open_.push_back(last());
          skip_space();
          if (at_ != end_ && *at_ == (object ? '}' : ']')) return close();
          if (object && !read_name()) return false;
          break;
        }
        default:
          return read_number();
      }
    }
  }

  bool close() {
    auto& node = tape_.nodes_[tape_.open_.back()];
    if (*at_ != (node.kind == JsonKind::object ? '}' : ']'))
      return fail("a comma or closing bracket was expected");
    ++at_;
    node.link = static_cast<std::uint32_t>(tape_.count_);
    tape_.open_.pop_back();
    return true;
  }

  bool read_name() {
    if (at_ == end_ || *at_ != '"') return fail("a member's name in quotes was expected");
    if (!read_string()) return false;
    const auto name = last();
    tape_.nodes_[name].link = event::hash_of_name(tape_.text_of(name));
    skip_space();
    if (at_ == end_ || *at_ != ':') return fail("':' was expected after a member's name");
    ++at_;
    skip_space();
    return true;
  }

  bool read_string() {
    const char* const content = ++at_;
    at_ = event::find_special(at_, end_);
    bool escaped = false;
    while (at_ != end_ && *at_ == '\\') {
      escaped = true;
      if (!skip_escape()) return false;
      at_ = event::find_special(at_, end_);
    }
    if (at_ == end_) return fail("a string without its closing quote");
    if (*at_ != '"') return fail("a control character in a string");
    const auto size = static_cast<std::size_t>(at_ - content);
    ++at_;
    if (escaped)
      add_unescaped({content, size});
    else
      add(JsonKind::string, content, size);
    return true;
  }

  void add_unescaped(std::string_view content) {
    const auto from = tape_.unescaped_.size();
    event::append_unescaped(tape_.unescaped_, content, event::UnpairedSurrogates::keep);
    add(JsonKind::string, begin_ + from, tape_.unescaped_.size() - from);
    tape_.nodes_[last()].unescaped = true;
  }

  bool skip_escape() {
    if (end_ - at_ < 2) return fail("an escape cut short");
    const char c = at_[1];
    if (c != 'u') {
      if (std::string_view("\"\\/bfnrt").find(c) == std::string_view::npos) return fail("an unknown escape");
      at_ += 2;
      return true;
    }
    for (int i = 2; i < 6; ++i)
      if (end_ - at_ <= i || event::hex_value(at_[i]) < 0) return fail("\\u without four hexadecimal digits");
    at_ += 6;
    return true;
  }

  bool read_word(std::string_view word, JsonKind kind) {
    if (!std::string_view(at_, static_cast<std::size_t>(end_ - at_)).starts_with(word))
      return fail("neither true, false nor null");
    add(kind, at_, word.size());
    at_ += word.size();
    return true;
  }

  bool skip_digits() {
    const char* const first = at_;
    while (at_ != end_ && event::is_digit(*at_)) ++at_;
    return at_ != first;
  }

  bool read_number() {
    const char* const first = at_;
    if (*at_ == '-') ++at_;
    if (at_ != end_ && *at_ == '0') {
      ++at_;
      if (at_ != end_ && event::is_digit(*at_)) return fail("a number with a leading zero");
    } else if (!skip_digits()) {
      return fail(at_ == first ? "no JSON value begins like this" : "a minus sign without a number");
    }
    bool plain = true;
    if (at_ != end_ && *at_ == '.') {
      ++at_;
      plain = false;
      if (!skip_digits()) return fail("a number without digits after its point");
    }
    if (at_ != end_ && (*at_ | 0x20) == 'e') {
      ++at_;
      plain = false;
      if (at_ != end_ && (*at_ == '+' || *at_ == '-')) ++at_;
      if (!skip_digits()) return fail("a number without digits in its exponent");
    }
    add(JsonKind::number, first, static_cast<std::size_t>(at_ - first), plain);
    return true;
  }

  JsonTape& tape_;
  const char* begin_;
  const char* at_;
  const char* end_;
  unsigned depth_max_;
};

bool JsonTape::read(std::string_view text, unsigned depth_max) {
  text_ = text.data();
  text_size_ = text.size();
  count_ = 0;
  open_.clear();
  unescaped_.clear();
  message_ = nullptr;
  if (text.size() >= std::numeric_limits<std::uint32_t>::max()) {
    message_ = "the text is too long";
    fault_at_ = 0;
    return false;
  }
  return Reader(*this, text, depth_max).read();
}

std::string JsonTape::message() const {
  return "at byte " + std::to_string(fault_at_) + ": " + (message_ ? message_ : "");
}

TapeIndex JsonTape::member(TapeIndex object, std::string_view name) const {
  const auto hash = event::hash_of_name(name);
  const auto end = nodes_[object].link;
  for (auto at = object + 1; at < end; at = next(at + 1))
    if (nodes_[at].link == hash && text_of(at) == name) return at + 1;
  return 0;
}

std::string JsonTape::pointer_to(TapeIndex target) const {
  std::string pointer;
  TapeIndex at = 0;
  while (at != target) {
    if (pointer.size() > kPointerBytesMax) return pointer + "...";
    const bool object = nodes_[at].kind == JsonKind::object;
    TapeIndex child = at + 1;
    std::size_t index = 0;
    for (auto end = next(child + object); end <= target; end = next(child + object), ++index) child = end;
    event::append_pointer_token(
        pointer, object ? to_printable(text_of(child).substr(0, kPointerBytesMax)) : std::to_string(index));
    at = child + (object && child != target);
  }
  return pointer;
}

std::string JsonTape::json_of(TapeIndex at) const {
  const auto& node = nodes_[at];
  if (node.kind == JsonKind::string) {
    std::string out;
    event::append_json_string(out, text_of(at));
    return out;
  }
  event::JsonCursor cursor({text_ + node.offset, text_size_ - node.offset},
                           std::numeric_limits<unsigned>::max());
  const auto value = cursor.read_value();
  return value ? std::string(value->raw) : std::string();
}

void JsonTape::trim() {
  if (nodes_.capacity() > kKeptNodes) {
    count_ = 0;
    std::vector<TapeNode>().swap(nodes_);
  }
  if (unescaped_.capacity() > kKeptBytes) std::string().swap(unescaped_);
}

std::string to_printable(std::string_view text) {
  std::string out(text);
  for (std::size_t at = 0; const auto bad = event::find_invalid_utf8(std::string_view(out).substr(at));) {
    at += *bad;
    out[at++] = '?';
  }
  return out;
}

}  // namespace signalbox::schema
