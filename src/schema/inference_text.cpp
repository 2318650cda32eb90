// An inferred schema as text, and back.
#include <algorithm>
#include <array>

#include "event/characters.hpp"
#include "event/codec.hpp"
#include "event/json_pointer.hpp"
#include "event/json_scan.hpp"
#include "schema/inference.hpp"
#include "schema/inferred_formats.hpp"
#include "schema/keywords.hpp"

namespace signalbox::schema {
namespace {

constexpr std::string_view kDraftUri = "https://json-schema.org/draft/2020-12/schema";
/// Of the text: a shape within another takes two levels.
constexpr unsigned kTextDepthMax = 256;

/// Sorted by their names, as the text has them.
constexpr std::array<std::pair<std::string_view, std::uint8_t>, 7> kTypes{{{"array", kArray},
                                                                           {"boolean", kBoolean},
                                                                           {"integer", kInteger},
                                                                           {"null", kNull},
                                                                           {"number", kNumber},
                                                                           {"object", kObject},
                                                                           {"string", kString}}};

bool is_true(const JsonTape& tape, TapeIndex at) { return tape[at].kind == JsonKind::true_value; }
bool is_false(const JsonTape& tape, TapeIndex at) { return tape[at].kind == JsonKind::false_value; }

}  // namespace

class InferredShape::Writer {
 public:
  explicit Writer(ObjectModel objects) : objects_(objects) {}

  std::string write(const Shape& root) && {
    out_ = "{";
    write_name("$schema");
    event::append_json_string(out_, kDraftUri);
    if (root.types != 0) write_keywords(root);
    return std::move(out_) + "}";
  }

 private:
  void write_shape(const Shape& shape) {
    if (shape.any) {
      out_ += "true";
      return;
    }
    out_ += '{';
    write_keywords(shape);
    out_ += '}';
  }

  void write_keywords(const Shape& shape) {
    if (shape.types & kObject) write_additional(shape);
    if ((shape.types & kString) && shape.format != 0) {
      write_name("format");
      event::append_json_string(out_, name_of_format(shape.format));
    }
    if (shape.types & kArray) write_items(shape);
    if (!shape.members.empty()) write_members(shape);
    write_name("type");
    write_types(shape.types);
  }

  void write_additional(const Shape& shape) {
    if (!shape.map && !shape.more && objects_ == ObjectModel::open) return;
    write_name("additionalProperties");
    if (shape.map)
      write_shape(shape.values.front());
    else
      out_ += shape.more ? "true" : "false";
  }

  void write_items(const Shape& shape) {
    if (shape.items.empty() && objects_ == ObjectModel::open) return;
    write_name("items");
    if (shape.items.empty())
      out_ += "false";  // all arrays were empty
    else
      write_shape(shape.items.front());
  }

  void write_members(const Shape& shape) {
    write_name("properties");
    out_ += '{';
    for (const auto& member : shape.members) {
      write_name(member.name);
      write_shape(member.shape);
    }
    out_ += '}';
    if (shape.required == 0) return;
    write_name("required");
    out_ += '[';
    for (const auto& member : shape.members) {
      if (!member.required) continue;
      if (out_.back() != '[') out_ += ',';
      event::append_json_string(out_, member.name);
    }
    out_ += ']';
  }

  void write_types(std::uint8_t types) {
    const bool one = (types & (types - 1)) == 0;
    if (!one) out_ += '[';
    for (const auto& [name, bit] : kTypes) {
      if (!(types & bit)) continue;
      if (!one && out_.back() != '[') out_ += ',';
      event::append_json_string(out_, name);
    }
    if (!one) out_ += ']';
  }

  void write_name(std::string_view name) {
    if (out_.back() != '{') out_ += ',';
    event::append_json_string(out_, name);
    out_ += ':';
  }

  std::string out_;
  const ObjectModel objects_;
};

/// Takes back what Writer wrote, and nothing else.  Recursive, as deep as the text.
class InferredShape::Reader {
 public:
  Reader(InferredShape& whole, const JsonTape& tape) : whole_(whole), tape_(tape) {}

  Status read() {
    if (tape_[0].kind != JsonKind::object) return refuse(0, "an inferred schema is an object");
    const auto draft = tape_.member(0, "$schema");
    if (draft == 0 || tape_[draft].kind != JsonKind::string || tape_.text_of(draft) != kDraftUri)
      return refuse(draft, "an inferred schema has \"$schema\":\"" + std::string(kDraftUri) + "\"");
    if (tape_[0].size == 1) return ok();  // of no values
    return read_keywords(whole_.root_, 0);
  }

 private:
  Error refuse(TapeIndex at, const std::string& what) const {
    return {Errc::invalid_argument, tape_.pointer_to(at) + ": " + what};
  }

  Status read_shape(Shape& shape, TapeIndex at) {
    if (is_true(tape_, at)) {
      shape.any = true;
      return ok();
    }
    if (tape_[at].kind != JsonKind::object) return refuse(at, "must be an object or true");
    return read_keywords(shape, at);
  }

  Status read_keywords(Shape& shape, TapeIndex at) {
    for (auto name = at + 1; name < tape_.next(at); name = tape_.next(name + 1))
      if (const auto fault = find_fault(tape_.text_of(name), name + 1, at == 0))
        return refuse(name + 1, *fault);
    const auto types = tape_.member(at, "type");
    if (types == 0) return refuse(at, "has no \"type\"");
    read_types(shape, types);
    if (const auto format = tape_.member(at, "format")) {
      shape.format = format_named(tape_.text_of(format));
      if (shape.format == 0 || !(shape.types & kString))
        return refuse(format, "is not a format that is inferred of these types");
    }
    if (const auto read = read_items(shape, at); !read) return read;
    return read_object(shape, at);
  }

  /// What is wrong with a keyword by itself.
  std::optional<std::string> find_fault(std::string_view keyword, TapeIndex value, bool root) const {
    if (root && keyword == "$schema") return std::nullopt;
    constexpr std::array<std::string_view, 6> kWritten{"additionalProperties", "format",   "items",
                                                       "properties",           "required", "type"};
    if (std::find(kWritten.begin(), kWritten.end(), keyword) == kWritten.end())
      return "is not a keyword that an inferred schema has";
    return find_misshape(tape_, value, find_keyword(Draft::v2020_12, keyword)->shape);
  }

  void read_types(Shape& shape, TapeIndex value) {
    if (tape_[value].kind == JsonKind::string) {
      shape.types = type_bit(tape_.text_of(value));
      return;
    }
    unsigned types = 0;
    for (auto item = value + 1; item < tape_.next(value); item = tape_.next(item))
      types |= type_bit(tape_.text_of(item));
    if (types & kNumber) types &= ~unsigned{kInteger};
    shape.types = static_cast<std::uint8_t>(types);
  }

  Status read_items(Shape& shape, TapeIndex at) {
    const auto items = tape_.member(at, "items");
    if (items == 0) return ok();
    if (!(shape.types & kArray)) return refuse(items, "is there, but \"type\" has no array");
    if (is_false(tape_, items)) return ok();
    ++whole_.shapes_;
    return read_shape(shape.items.emplace_back(), items);
  }

  Status read_object(Shape& shape, TapeIndex at) {
    const auto additional = tape_.member(at, "additionalProperties");
    const auto properties = tape_.member(at, "properties");
    const auto required = tape_.member(at, "required");
    for (const auto keyword : {additional, properties, required})
      if (keyword != 0 && !(shape.types & kObject))
        return refuse(keyword, "is there, but \"type\" has no object");
    if (properties != 0)
      if (const auto read = read_members(shape, properties); !read) return read;
    if (required != 0)
      if (const auto read = read_required(shape, required); !read) return read;
    return additional == 0 || is_false(tape_, additional) ? ok() : read_additional(shape, additional);
  }

  Status read_additional(Shape& shape, TapeIndex additional) {
    if (is_true(tape_, additional) && !shape.members.empty()) {
      shape.more = true;
      return ok();
    }
    if (!shape.members.empty())
      return refuse(additional, "an inferred schema has either this as a schema or \"properties\"");
    shape.map = true;
    ++whole_.shapes_;
    return read_shape(shape.values.emplace_back(), additional);
  }

  Status read_members(Shape& shape, TapeIndex properties) {
    shape.members.reserve(tape_[properties].size);
    for (auto name = properties + 1; name < tape_.next(properties); name = tape_.next(name + 1)) {
      auto& member = shape.members.emplace_back();
      member.name = tape_.text_of(name);
      if (!event::is_utf8(member.name)) return refuse(name + 1, "its name is not UTF-8");
      ++whole_.shapes_;
      whole_.name_bytes_ += member.name.size();
      shape.data_names += is_data_name(member.name);
      if (const auto read = read_shape(member.shape, name + 1); !read) return read;
    }
    std::sort(shape.members.begin(), shape.members.end(),
              [](const Member& a, const Member& b) { return a.name.compare(b.name) < 0; });
    return ok();
  }

  Status read_required(Shape& shape, TapeIndex required) {
    for (auto item = required + 1; item < tape_.next(required); item = tape_.next(item)) {
      const auto name = tape_.text_of(item);
      const auto at = std::lower_bound(
          shape.members.begin(), shape.members.end(), name,
          [](const Member& member, std::string_view wanted) { return member.name.compare(wanted) < 0; });
      if (at == shape.members.end() || at->name != name) return refuse(item, "is none of \"properties\"");
      at->required = true;
      ++shape.required;
    }
    return ok();
  }

  InferredShape& whole_;
  const JsonTape& tape_;
};

std::string InferredShape::schema() const { return Writer(options_.objects).write(root_); }

Result<InferredShape> InferredShape::from_schema(std::string_view text, InferenceOptions options) {
  if (text.size() > options.limits.text_bytes)
    return Error(Errc::too_large,
                 ": an inferred schema has at most " + std::to_string(options.limits.text_bytes) + " bytes");
  if (const auto fault = event::validate_json(text, kTextDepthMax))
    return Error(Errc::invalid_argument, fault->pointer + ": not JSON at byte " +
                                             std::to_string(fault->offset) + ": " + fault->message);
  JsonTape tape;
  tape.read(text, kTextDepthMax);
  InferredShape shape(options);
  if (const auto read = Reader(shape, tape).read(); !read) return read.error();
  return shape;
}

}  // namespace signalbox::schema
