#include "pipeline/filter_input.hpp"

#include <simdjson.h>

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>

#include "event/base64.hpp"
#include "pipeline/json_reader.hpp"
#include "pipeline/number_text.hpp"
#include "pipeline/utf8.hpp"

namespace signalbox::pipeline {
namespace {

constexpr std::size_t kEventDepthMax = 1000;

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

/// The first '"' or '\\' from `p` on, or `end`.
const char* find_quote(const char* p, const char* end) {
  constexpr std::uint64_t kOnes = 0x0101010101010101, kHigh = 0x8080808080808080;
  for (; end - p >= 8; p += 8) {
    std::uint64_t word;
    std::memcpy(&word, p, sizeof word);
    const auto quote = word ^ kOnes * '"', slash = word ^ kOnes * '\\';
    const auto found = (((quote - kOnes) & ~quote) | ((slash - kOnes) & ~slash)) & kHigh;
    if (found) return p + (std::countr_zero(found) >> 3);
  }
  while (p != end && *p != '"' && *p != '\\') ++p;
  return p;
}

std::uint32_t hex_digit(char c) {
  return static_cast<std::uint32_t>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10) & 15;
}

}  // namespace

/// Walks a JSON text that was checked before, with the set's tree of names beside it.  It relies on the check
/// for what a token is, never for staying inside the text: at anything unexpected it stops.
class FilterInput::Scanner {
 public:
  Scanner(FilterInput& out, std::string_view text)
      : out_(out), at_(text.data()), end_(at_ + text.size()), size_(text.size()) {}

  bool value(FieldSet::Node node, std::uint32_t element, std::size_t depth) {
    skip_space();
    if (at_ == end_) return false;
    switch (*at_) {
      case '{':
        return out_.fields_->has_children(node) && depth < kEventDepthMax ? object(node, element, depth + 1)
                                                                          : skip();
      case '[':
        return depth < kEventDepthMax ? array(node, element, depth + 1) : skip();
      default:
        return scalar(node, element);
    }
  }

 private:
  void skip_space() {
    while (at_ != end_ && is_space(*at_)) ++at_;
  }

  bool object(FieldSet::Node node, std::uint32_t element, std::size_t depth) {
    ++at_;
    for (;;) {
      skip_space();
      if (at_ == end_) return false;
      if (*at_ == '}') return ++at_, true;
      if (*at_ == ',') {
        ++at_;
        continue;
      }
      if (*at_ != '"') return false;
      const auto child = name(node);
      skip_space();
      if (at_ == end_ || *at_ != ':') return false;
      ++at_;
      if (!(child == FieldSet::kNone ? skip() : value(child, element, depth))) return false;
    }
  }

  /// Reads a member's name; the node below `node`.
  FieldSet::Node name(FieldSet::Node node) {
    const auto mark = out_.unescaped_used_;
    const auto child = out_.fields_->child(node, string());
    out_.unescaped_used_ = mark;
    return child;
  }

  bool array(FieldSet::Node node, std::uint32_t element, std::size_t depth) {
    ++at_;
    constexpr auto kNotYet = static_cast<std::uint32_t>(-1);
    const auto first = leaf_count();
    std::uint32_t id = kNotYet;
    bool has_scalars = false;
    for (;;) {
      skip_space();
      if (at_ == end_) return false;
      if (*at_ == ']') break;
      if (*at_ == ',') {
        ++at_;
        continue;
      }
      if (*at_ != '{' && *at_ != '[') {
        has_scalars = true;
        if (!scalar(node, element)) return false;
        continue;
      }
      if (id == kNotYet) {
        id = static_cast<std::uint32_t>(out_.arrays_.size());
        out_.arrays_.push_back({first, 0, false});
      }
      if (!array_element(node, element, id, depth)) return false;
    }
    ++at_;
    if (id != kNotYet) {
      out_.arrays_[id].end_leaf = leaf_count();
      out_.arrays_[id].has_scalars = has_scalars;
    }
    return true;
  }

  bool array_element(FieldSet::Node node, std::uint32_t around, std::uint32_t array_id, std::size_t depth) {
    const auto id = static_cast<std::uint32_t>(out_.elements_.size());
    out_.elements_.push_back({around, array_id, leaf_count(), 0});
    if (!value(node, id, depth)) return false;
    out_.elements_[id].end_leaf = leaf_count();
    const bool empty = out_.elements_[id].first_leaf == leaf_count();
    if (empty && out_.elements_.size() == id + 1u) out_.elements_.pop_back();
    return true;
  }

  bool scalar(FieldSet::Node node, std::uint32_t element) {
    const auto field = out_.fields_->field_at(node);
    if (field == FieldSet::kNoField) return skip();
    Leaf leaf;
    leaf.element = element;
    if (*at_ == '"') {
      leaf.kind = Leaf::Kind::string;
      leaf.text = string();
    } else {
      leaf.text = word();
      if (leaf.text.empty()) return false;
      switch (leaf.text[0]) {
        case 't':
          leaf.kind = Leaf::Kind::true_value;
          break;
        case 'f':
          leaf.kind = Leaf::Kind::false_value;
          break;
        case 'n':
          leaf.kind = Leaf::Kind::null_value;
          break;
        default: {
          leaf.kind = Leaf::Kind::number;
          const auto number = comparable_number(leaf.text);
          leaf.comparable = number.has_value();
          leaf.number = number.value_or(0);
        }
      }
    }
    out_.add(field, leaf);
    return true;
  }

  std::uint32_t leaf_count() const { return static_cast<std::uint32_t>(out_.scanned_.size()); }

  /// A number, true, false or null: all up to a delimiter.
  std::string_view word() {
    const char* begin = at_;
    while (at_ != end_ && *at_ != ',' && *at_ != ']' && *at_ != '}' && !is_space(*at_)) ++at_;
    return {begin, static_cast<std::size_t>(at_ - begin)};
  }

  bool skip_string() {
    for (++at_;; at_ += 2) {
      at_ = find_quote(at_, end_);
      if (at_ == end_) return false;
      if (*at_ == '"') return ++at_, true;
      if (end_ - at_ < 2) return false;
    }
  }

  /// The value that comes next.
  bool skip() {
    skip_space();
    if (at_ == end_) return false;
    if (*at_ == '"') return skip_string();
    if (*at_ != '{' && *at_ != '[') return !word().empty();
    std::size_t open = 0;
    while (at_ != end_) {
      switch (*at_) {
        case '"':
          if (!skip_string()) return false;
          continue;
        case '{':
        case '[':
          ++open;
          break;
        case '}':
        case ']':
          if (--open == 0) return ++at_, true;
          break;
        default:
          break;
      }
      ++at_;
    }
    return false;
  }

  /// The string that comes next, unescaped: a view of the text or of unescaped_.
  std::string_view string() {
    const char* begin = ++at_;
    at_ = find_quote(at_, end_);
    if (at_ != end_ && *at_ == '\\') return unescape(begin);
    const std::string_view text(begin, static_cast<std::size_t>(at_ - begin));
    if (at_ != end_) ++at_;
    return text;
  }

  std::string_view unescape(const char* begin) {
    // What is unescaped is never longer than what was written, so nothing in there ever moves.
    if (out_.unescaped_size_ < size_) {
      out_.unescaped_ = std::make_unique<char[]>(size_);
      out_.unescaped_size_ = size_;
    }
    char* const first = out_.unescaped_.get() + out_.unescaped_used_;
    char* to = std::copy(begin, at_, first);
    while (at_ != end_ && *at_ != '"') to = *at_ == '\\' ? escape(to) : (*to = *at_++, to + 1);
    if (at_ != end_) ++at_;
    const auto size = static_cast<std::size_t>(to - first);
    out_.unescaped_used_ += size;
    return {first, size};
  }

  char* escape(char* to) {
    if (end_ - at_ < 2) return at_ = end_, to;
    const char c = at_[1];
    if (c == 'u') return unicode_escape(to);
    at_ += 2;
    switch (c) {
      case 'b':
        *to = '\b';
        break;
      case 'f':
        *to = '\f';
        break;
      case 'n':
        *to = '\n';
        break;
      case 'r':
        *to = '\r';
        break;
      case 't':
        *to = '\t';
        break;
      default:
        *to = c;
    }
    return to + 1;
  }

  std::uint32_t unit_at(const char* p) const {
    return hex_digit(p[2]) << 12 | hex_digit(p[3]) << 8 | hex_digit(p[4]) << 4 | hex_digit(p[5]);
  }

  char* unicode_escape(char* to) {
    if (end_ - at_ < 6) return at_ = end_, to;
    auto code_point = unit_at(at_);
    at_ += 6;
    const bool high = code_point >= 0xD800 && code_point <= 0xDBFF;
    if (high && end_ - at_ >= 6 && at_[0] == '\\' && at_[1] == 'u') {
      const auto low = unit_at(at_);
      if (low >= 0xDC00 && low <= 0xDFFF) {
        code_point = 0x10000 + ((code_point - 0xD800) << 10) + (low - 0xDC00);
        at_ += 6;
      }
    }
    short_text_.clear();
    append_utf8(short_text_, code_point);
    return std::copy(short_text_.begin(), short_text_.end(), to);
  }

  FilterInput& out_;
  const char* at_;
  const char* end_;
  std::size_t size_;
  std::string short_text_;
};

FilterInput::FilterInput() = default;
FilterInput::~FilterInput() = default;

void FilterInput::begin(const FieldSet& fields) {
  fields_ = &fields;
  if (++round_ == 0) {
    slots_.assign(slots_.size(), Slot{});
    round_ = 1;
  }
  if (slots_.size() < fields.size()) slots_.resize(fields.size());
  present_.clear();
  scanned_.clear();
  scanned_field_.clear();
  several_ = false;
  elements_.clear();
  elements_.emplace_back();
  arrays_.clear();
  unescaped_used_ = 0;
}

void FilterInput::add(FieldId field, Leaf leaf) {
  auto& slot = slots_[field];
  if (slot.round != round_) {
    slot = {round_, static_cast<std::uint32_t>(scanned_.size()), 0};
    present_.push_back(field);
  }
  several_ |= ++slot.count > 1;
  leaf.sequence = static_cast<std::uint32_t>(scanned_.size());
  scanned_.push_back(leaf);
  scanned_field_.push_back(field);
}

/// Puts the leaves of each field together.
void FilterInput::finish() {
  if (!several_) return;
  leaves_.resize(scanned_.size());
  std::uint32_t next = 0;
  for (const auto field : present_) {
    auto& slot = slots_[field];
    slot.first = next;
    next += slot.count;
    slot.count = 0;
  }
  for (std::size_t i = 0; i < scanned_.size(); ++i) {
    auto& slot = slots_[scanned_field_[i]];
    leaves_[slot.first + slot.count++] = scanned_[i];
  }
}

std::span<const Leaf> FilterInput::leaves(FieldId field) const {
  if (field >= slots_.size() || slots_[field].round != round_) return {};
  const auto& slot = slots_[field];
  return {(several_ ? leaves_ : scanned_).data() + slot.first, slot.count};
}

void FilterInput::add_attribute(const Attribute& attribute) {
  const auto node = fields_->child(FieldSet::kRoot, attribute.name);
  if (node == FieldSet::kNone || fields_->field_at(node) == FieldSet::kNoField) return;
  Leaf leaf;
  leaf.text = attribute.value;
  switch (attribute.type) {
    case AttributeType::string:
      leaf.kind = Leaf::Kind::string;
      break;
    case AttributeType::boolean:
      leaf.kind = attribute.value == "true" ? Leaf::Kind::true_value : Leaf::Kind::false_value;
      break;
    case AttributeType::integer: {
      leaf.kind = Leaf::Kind::number;
      const auto number = comparable_number(attribute.value);
      leaf.comparable = number.has_value();
      leaf.number = number.value_or(0);
    }
  }
  add(fields_->field_at(node), leaf);
}

void FilterInput::add_data(const Event& event) {
  const auto kind = event.data_kind();
  if (kind == DataKind::none) return;
  const auto node = fields_->child(FieldSet::kRoot, kind == DataKind::binary ? "data_base64" : "data");
  if (node == FieldSet::kNone) return;
  if (kind == DataKind::json) {
    Scanner(*this, event.data()).value(node, 0, 0);
    return;
  }
  if (fields_->field_at(node) == FieldSet::kNoField) return;
  Leaf leaf;
  leaf.kind = Leaf::Kind::string;
  leaf.text = event.data();
  if (kind == DataKind::binary) {
    base64_.clear();
    event::append_base64(base64_, event.data());
    leaf.text = base64_;
  }
  add(fields_->field_at(node), leaf);
}

void FilterInput::fill(const FieldSet& fields, const Event& event) {
  begin(fields);
  for (const auto attribute : event.attributes()) add_attribute(attribute);
  add_data(event);
  finish();
}

Status FilterInput::fill_from_json(const FieldSet& fields, std::string_view text) {
  begin(fields);
  const auto refuse = [](std::string why) {
    return Error(Errc::invalid_argument, "event: " + std::move(why));
  };
  if (!simdjson::validate_utf8(text.data(), text.size())) return refuse("not valid UTF-8");
  JsonReader reader(text, kEventDepthMax);
  auto token = reader.next();
  if (token != JsonToken::object && token != JsonToken::fault) return refuse("not a JSON object");
  while (token != JsonToken::end && token != JsonToken::fault) token = reader.next();
  if (token == JsonToken::fault) return refuse("not valid JSON " + reader.message());
  Scanner(*this, text).value(FieldSet::kRoot, 0, 0);
  finish();
  return ok();
}

}  // namespace signalbox::pipeline
