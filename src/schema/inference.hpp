#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "schema/json_tape.hpp"
#include "signalbox/error.hpp"

namespace signalbox::schema {

/// Bounds on an inferred schema and on what it learns from.
struct InferenceLimits {
  std::size_t value_bytes = 16 << 20;  ///< of one value's text
  std::size_t text_bytes = 4 << 20;    ///< of a schema's text that from_schema() takes
  unsigned depth = 32;         ///< objects and arrays within each other that are described; at most 60
  std::size_t members = 1000;  ///< that one object may have before it is taken for a map
  std::size_t optional_members = 100;  ///< that are not in every value before the object is taken for a map
  std::size_t data_names = 8;          ///< members called like data ("17", a UUID, a date) before it is one
  std::size_t shapes = 10'000;         ///< values described, in all
  std::size_t name_bytes = 128 << 10;  ///< of all members' names
};

/// What a schema says of members that no value had.
enum class ObjectModel : std::uint8_t {
  open,    ///< nothing: they may be there.  A wider schema describes more members, which is no superset
  closed,  ///< they may not: each wider schema accepts whatever a narrower one did
};

struct InferenceOptions {
  ObjectModel objects = ObjectModel::open;
  InferenceLimits limits{};
};

/// A JSON Schema (2020-12) made of JSON values as they are seen: every value seen so far is valid by it.
///
/// It says the types (an integer and a fraction make `number`; null is one more type), `properties` with
/// `required` for those that every object had, one `items` for all elements, `format` where all strings had
/// the same, and `additionalProperties` in place of `properties` where the members' names are data.  It only
/// widens: what it once allowed of the values seen it never takes back.  The order of values makes no
/// difference while no limit on shapes or names is met.  docs/schemas.md says the rest.
///
/// Never quotes a value: of the data only members' names are in it.
///
/// A value: copies are independent.  Thread-safety: const methods may run concurrently.
class InferredShape {
 public:
  explicit InferredShape(InferenceOptions options = {});

  /// Goes on from what schema() gave, of either object model, so that nothing learnt is lost over a restart.
  /// Errors: invalid_argument (not JSON, or a keyword that schema() does not write; the message begins with
  /// the JSON Pointer), too_large.
  static Result<InferredShape> from_schema(std::string_view text, InferenceOptions options = {});

  /// Widens the schema so that it accepts `json`.  True when that changed it: schema() differs from before.
  ///
  /// `json` is UTF-8 and gives no member twice, as an event's data does; other text makes a schema that still
  /// is UTF-8.  Takes time linear in its size, but for a search among an object's members.
  /// Errors: invalid_argument (not JSON), too_large (over `value_bytes`); nothing has changed then.
  Result<bool> add(std::string_view json);

  /// Widens the schema so that it accepts what `other` does of the values it has seen.  True when that
  /// changed it.
  bool merge(const InferredShape& other);

  /// The schema as JSON text: one line, no spaces, the members of each object sorted by their bytes.  Equal
  /// shapes give equal texts.  Of no values: `{"$schema":...}` alone, which accepts anything.
  std::string schema() const;

  /// No value has been seen.
  bool empty() const { return root_.types == 0 && !root_.any; }
  /// A limit made some part of it say less than the values would have: `true`, or open where it is closed.
  /// Of the values that this object, or one merged into it, has seen: a text does not tell it.
  bool limited() const { return limited_; }

 private:
  struct Member;

  /// What was seen at one place.  Each state has a text of its own, so that whether the state changed tells
  /// whether the text did.
  struct Shape {
    Shape();
    Shape(const Shape&);
    Shape(Shape&&) noexcept;
    Shape& operator=(const Shape&);
    Shape& operator=(Shape&&) noexcept;
    ~Shape();

    bool any = false;         ///< given up: anything goes.  Then nothing else is set
    std::uint8_t types = 0;   ///< TypeBits: kInteger while there were no fractions, then kNumber in its place
    std::uint8_t format = 0;  ///< of strings: that of all, by its place among those inferred; 0: none
    bool map = false;         ///< of objects: names are data, and `values` says what each member is
    bool more = false;        ///< of objects: there are members that are not described beside some that are
    std::uint32_t required = 0;    ///< how many of the members are
    std::uint32_t data_names = 0;  ///< how many members are called like data
    std::vector<Member> members;   ///< of objects that are no maps; sorted by name
    std::vector<Shape> values;     ///< of maps: what every member is; exactly one
    std::vector<Shape> items;      ///< of arrays: what every element is; none while all were empty
  };

  class Widener;
  class Writer;
  class Reader;

  InferenceOptions options_;
  Shape root_;
  std::size_t shapes_ = 0;      // below the root
  std::size_t name_bytes_ = 0;  // of all members
  std::uint64_t visits_ = 0;    // of objects, so far
  bool limited_ = false;
};

struct InferredShape::Member {
  std::string name;
  bool required = false;
  std::uint64_t seen = 0;  ///< the visit of the object that last had it
  Shape shape;
};

}  // namespace signalbox::schema
