#include "pipeline/filter_input.hpp"

#include <simdjson.h>

#include <algorithm>
#include <cassert>
#include <cstring>

#include "event/base64.hpp"
#include "event/json_scan.hpp"
#include "pipeline/json_reader.hpp"
#include "pipeline/json_tokens.hpp"
#include "pipeline/number_text.hpp"

namespace signalbox::pipeline {
namespace {

constexpr std::size_t kEventDepthMax = 1000;

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

/// Makes the leaf the number that its text is.
void set_number(Leaf& leaf) {
  leaf.kind = Leaf::Kind::number;
  const auto number = comparable_number(leaf.text);
  leaf.comparable = number.has_value();
  leaf.number = number.value_or(0);
}

}  // namespace

/// Walks a JSON text that was checked before, with the set's tree of names beside it, and stops when nothing
/// that is left can matter.  It relies on the check for what a token is, never for staying inside the text:
/// at anything unexpected it stops.
class FilterInput::Scanner {
 public:
  Scanner(FilterInput& out, std::string_view text, JsonNames names)
      : out_(out),
        fields_(*out.fields_),
        begin_(text.data()),
        end_(begin_ + text.size()),
        tokens_(text),
        plain_(names == JsonNames::plain) {}

  /// Takes the value with which the text begins as the one at `node`.
  void scan(FieldSet::Node node, std::uint32_t element, std::size_t depth) {
    const char* at = skip_space(begin_);
    if (at != end_) value(at, node, {element, depth, After::nothing});
  }

 private:
  /// Whether anything that comes after a value can matter.
  enum class After : bool { nothing, something };
  struct Place {
    std::uint32_t element;  // around it, 0: none
    std::size_t depth;
    After after;
  };

  const char* skip_space(const char* at) const {
    while (at != end_ && is_space(*at)) ++at;
    return at;
  }

  /// The next quote or bracket; end_ when there is none.
  const char* token() { return begin_ + tokens_.next(); }

  /// What follows the array or object just begun; nullptr when the text ends first.
  const char* skip_container() {
    const char* close = begin_ + tokens_.skip_container();
    return close == end_ ? nullptr : close + 1;
  }

  /// Takes the value that begins at `at`.  What follows it; nullptr to stop: at the end, or when nothing more
  /// matters.
  const char* value(const char* at, FieldSet::Node node, Place place) {
    if (*at != '{' && *at != '[') return scalar(at, node, place.element);
    token();
    if (place.depth == kEventDepthMax) return skip_container();
    ++place.depth;
    if (*at == '[') return array(at + 1, node, place);
    return fields_.has_children(node) ? object(node, place) : skip_container();
  }

  /// False at the end of the text.
  bool skip_value(const char* at) {
    switch (*at) {
      case '"':
        token();
        return token() != end_;
      case '{':
      case '[':
        token();
        return skip_container() != nullptr;
      default:
        return true;  // the next token is not part of it
    }
  }

  const char* object(FieldSet::Node node, Place place) {
    // Names come once and have no dots: after the last that is wanted nothing in here matters.
    auto wanted = plain_ ? fields_.child_count(node) : FieldSet::kNone;
    for (;;) {
      const char* open = token();
      if (open == end_) return nullptr;
      if (*open == '}') return open + 1;
      const char* close = token();
      if (close == end_) return nullptr;
      const char* at = skip_space(close + 1);
      if (at == end_ || *at != ':') return nullptr;
      at = skip_space(at + 1);
      if (at == end_) return nullptr;
      const auto child = member(name_between(open, close), at, node, place);
      if (child == FieldSet::kNone) {
        if (!skip_value(at)) return nullptr;
        continue;
      }
      const bool last = --wanted == 0;
      const auto after = last ? place.after : After::something;
      if (!value(at, child, {place.element, place.depth, after})) return nullptr;
      if (last) return place.after == After::something ? skip_container() : nullptr;
    }
  }

  /// The node for a member's name.  A name with dots is a path and also a name by itself; as the latter its
  /// value is taken here.
  FieldSet::Node member(std::string_view name, const char* at, FieldSet::Node node, Place place) {
    if (plain_ || name.find('.') == std::string_view::npos) return fields_.child(node, name);
    const auto literal = fields_.child(node, name), path = fields_.descendant(node, name);
    if (literal != FieldSet::kNone) {
      const std::string_view rest(at, static_cast<std::size_t>(end_ - at));
      Scanner(out_, rest, JsonNames::any).scan(literal, place.element, place.depth);
    }
    return path;
  }

  const char* array(const char* at, FieldSet::Node node, Place place) {
    constexpr auto kNotYet = static_cast<std::uint32_t>(-1);
    const auto first = leaf_count();
    std::uint32_t id = kNotYet;
    bool has_scalars = false;
    for (at = skip_space(at); at != end_ && *at != ']'; at = skip_space(at)) {
      if (*at == ',') {
        ++at;
        continue;
      }
      if (*at != '{' && *at != '[') {
        has_scalars = true;
        at = scalar(at, node, place.element);
      } else {
        if (id == kNotYet) {
          id = static_cast<std::uint32_t>(out_.arrays_.size());
          out_.arrays_.push_back({first, 0, false, fields_.depth(node)});
        }
        at = array_element(at, node, place, id);
      }
      if (!at) return nullptr;
    }
    if (at == end_) return nullptr;
    token();
    if (id != kNotYet) {
      out_.arrays_[id].end_leaf = leaf_count();
      out_.arrays_[id].has_scalars = has_scalars;
    }
    return at + 1;
  }

  const char* array_element(const char* at, FieldSet::Node node, Place place, std::uint32_t array_id) {
    const auto id = static_cast<std::uint32_t>(out_.elements_.size());
    out_.elements_.push_back({place.element, array_id, leaf_count(), 0});
    at = value(at, node, {id, place.depth, After::something});
    if (!at) return nullptr;
    out_.elements_[id].end_leaf = leaf_count();
    const bool empty = out_.elements_[id].first_leaf == leaf_count();
    if (empty && out_.elements_.size() == id + 1u) out_.elements_.pop_back();
    return at;
  }

  /// What follows the scalar; nullptr when the text ends first.
  const char* scalar(const char* at, FieldSet::Node node, std::uint32_t element) {
    const auto field = fields_.field_at(node);
    Leaf leaf;
    leaf.element = element;
    if (*at == '"') {
      const char* open = token();
      const char* close = token();
      if (close == end_) return nullptr;
      if (field == FieldSet::kNoField) return close + 1;
      leaf.kind = Leaf::Kind::string;
      leaf.text = text_between(open, close);
      out_.add(field, leaf);
      return close + 1;
    }
    leaf.text = word(at);
    if (leaf.text.empty()) return nullptr;
    const char* after = leaf.text.data() + leaf.text.size();
    if (field == FieldSet::kNoField) return after;
    switch (leaf.text.front()) {
      case 't':
        leaf.kind = Leaf::Kind::true_value;
        break;
      case 'f':
        leaf.kind = Leaf::Kind::false_value;
        break;
      case 'n':
        leaf.kind = Leaf::Kind::null_value;
        break;
      default:
        set_number(leaf);
    }
    out_.add(field, leaf);
    return after;
  }

  std::uint32_t leaf_count() const { return static_cast<std::uint32_t>(out_.scanned_.size()); }

  /// A number, true, false or null: all up to a delimiter.
  std::string_view word(const char* at) const {
    const char* begin = at;
    while (at != end_ && *at != ',' && *at != ']' && *at != '}' && !is_space(*at)) ++at;
    return {begin, static_cast<std::size_t>(at - begin)};
  }

  bool is_escaped(std::string_view content) const {
    return tokens_.backslashes() && std::memchr(content.data(), '\\', content.size()) != nullptr;
  }

  static std::string_view content_between(const char* open, const char* close) {
    return {open + 1, static_cast<std::size_t>(close - open - 1)};
  }

  /// Valid until the next name.
  std::string_view name_between(const char* open, const char* close) {
    const auto content = content_between(open, close);
    if (!is_escaped(content)) return content;
    out_.name_.clear();
    event::append_unescaped(out_.name_, content, event::UnpairedSurrogates::keep);
    return out_.name_;
  }

  std::string_view text_between(const char* open, const char* close) {
    const auto content = content_between(open, close);
    if (!is_escaped(content)) return content;
    if (out_.unescaped_used_ == out_.unescaped_.size()) out_.unescaped_.emplace_back();
    auto& text = out_.unescaped_[out_.unescaped_used_++];
    text.clear();
    event::append_unescaped(text, content, event::UnpairedSurrogates::keep);
    return text;
  }

  FilterInput& out_;
  const FieldSet& fields_;
  const char* begin_;
  const char* end_;
  JsonTokens tokens_;
  bool plain_;
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
    case AttributeType::integer:
      set_number(leaf);
  }
  add(fields_->field_at(node), leaf);
}

void FilterInput::add_data(const Event& event) {
  const auto kind = event.data_kind();
  if (kind == DataKind::none) return;
  const auto node = kind == DataKind::binary ? fields_->data_base64() : fields_->data();
  if (node == FieldSet::kNone) return;
  if (kind == DataKind::json) {
    Scanner(*this, event.data(), event.data_names()).scan(node, 0, 0);
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

void FilterInput::expect(const Event& event) {
  constexpr std::size_t kLine = 64,
                        kLines = 6;  // of the data; whoever reads on asks the processor for more by that
  const auto data = event.data();
  for (std::size_t at = 0; at < std::min(data.size(), kLine * kLines); at += kLine)
    __builtin_prefetch(data.data() + at);
}

void FilterInput::fill(const FieldSet& fields, const Event& event) {
  expect(event);
  begin(fields);
  if (fields.has_attributes())
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
  Scanner(*this, text, JsonNames::any).scan(FieldSet::kRoot, 0, 0);
  finish();
  return ok();
}

}  // namespace signalbox::pipeline
