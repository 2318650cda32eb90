#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/field_set.hpp"
#include "signalbox/error.hpp"
#include "signalbox/event.hpp"

namespace signalbox::pipeline {

/// One scalar of an event.
struct Leaf {
  enum class Kind : std::uint8_t { string, number, true_value, false_value, null_value };
  Kind kind = Kind::null_value;
  bool comparable = false;     ///< of a number: `number` is its exact value (see comparable_number())
  std::uint32_t element = 0;   ///< the innermost array element around it, 0: none
  std::uint32_t sequence = 0;  ///< its place among all leaves, in the order of the text
  double number = 0;
  std::string_view text;  ///< of a string: unescaped; of the others: as written
};

/// An array or object that is an element of an array.  Scalars in arrays are not elements: any of them may
/// match.
struct ArrayElement {
  std::uint32_t parent = 0;                    ///< the element around it, 0: none
  std::uint32_t array = 0;                     ///< which array of the event
  std::uint32_t first_leaf = 0, end_leaf = 0;  ///< its leaves, by sequence
};

/// The leaves of one array, by sequence.
struct ArrayExtent {
  std::uint32_t first_leaf = 0, end_leaf = 0;
  bool has_scalars = false;  ///< some of those are scalars right in the array, and in none of its elements
  std::uint32_t depth = 0;   ///< how many names lead to it
};

/// One event as filters see it: the CloudEvents JSON form, context attributes at the top and data below
/// `data`, flattened to the scalars of the fields that somebody looks at.
///
/// Made to be filled again and again: after the first events, filling allocates nothing.  Its views point
/// into the event (or text) that it was filled from, which outlives their use.  Thread-safety: none; const
/// methods may run concurrently.
class FilterInput {
 public:
  FilterInput();
  ~FilterInput();
  FilterInput(const FilterInput&) = delete;
  FilterInput& operator=(const FilterInput&) = delete;

  /// Asks for the memory of an event that fill() will read soon, so that it need not wait for it then.
  static void expect(const Event& event);

  /// Fills it from an event.  Data is read only if `fields` has something below it.
  void fill(const FieldSet& fields, const Event& event);
  void fill(const FieldSet& fields, Event&& event) = delete;
  /// Fills it from any JSON object, whose members stand at the top.
  /// Errors: invalid_argument when `text` is no JSON object (nested at most 1,000 deep) in valid UTF-8.
  Status fill_from_json(const FieldSet& fields, std::string_view text);

  /// The set it was filled for.
  const FieldSet& fields() const { return *fields_; }
  /// The scalars of one field, in the order of the text; none for kNoField.
  std::span<const Leaf> leaves(FieldId field) const;
  /// The fields that have any, in the order of their first.
  std::span<const FieldId> present() const { return present_; }

  /// True when there is any array element to keep consistent.
  bool has_elements() const { return elements_.size() > 1; }
  const ArrayElement& element(std::uint32_t id) const { return elements_[id]; }
  const ArrayExtent& array(std::uint32_t id) const { return arrays_[id]; }

 private:
  class Scanner;
  struct Slot {
    std::uint32_t round = 0;  // of filling; older ones count as empty
    std::uint32_t first = 0, count = 0;
  };

  void begin(const FieldSet& fields);
  void add(FieldId field, Leaf leaf);
  void add_attribute(const Attribute& attribute);
  void add_data(const Event& event);
  void finish();

  const FieldSet* fields_ = nullptr;
  std::uint32_t round_ = 0;
  std::vector<Slot> slots_;  // by FieldId
  std::vector<FieldId> present_;
  std::vector<Leaf> scanned_;           // in the order of the text
  std::vector<FieldId> scanned_field_;  // of each of those
  std::vector<Leaf> leaves_;            // by field, when some field has several
  bool several_ = false;
  std::vector<ArrayElement> elements_;  // [0]: outside all arrays
  std::vector<ArrayExtent> arrays_;
  std::string base64_;
  std::deque<std::string> unescaped_;  // texts stay where they are
  std::size_t unescaped_used_ = 0;
  std::string name_;
};

}  // namespace signalbox::pipeline
