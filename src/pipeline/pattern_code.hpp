#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/ignore_case_text.hpp"
#include "pipeline/ip_address.hpp"
#include "pipeline/numeric_range.hpp"
#include "pipeline/pattern_expansion.hpp"
#include "pipeline/regex.hpp"

namespace signalbox::pipeline {

// A compiled pattern is one run of bytes, so that a hundred thousand of them are small and asking one touches
// few cache lines: records that name each other by their offset, then the texts, then the fields' paths.

/// What a ConditionCode asks of a value.  The cheap ones come first.
enum class ConditionOp : std::uint8_t {
  kind,                ///< a: mask of kinds, see kind_bit()
  string,              ///< text
  number,              ///< a, b: a double
  address,             ///< a: an IPv4 address, or the place of the bytes of an IPv6 one
  number_text,         ///< text
  prefix,              ///< text
  suffix,              ///< text
  equals_folded,       ///< text, in ASCII lower case
  prefix_folded,       ///< text, in ASCII lower case
  suffix_folded,       ///< text, in ASCII lower case
  range,               ///< a: the place of two doubles; flags
  network,             ///< a, b: two IPv4 addresses; or a: the place of the bytes of two IPv6 ones
  equals_ignore_case,  ///< a: index of PatternExtras::texts
  prefix_ignore_case,  ///< a: index of PatternExtras::texts
  suffix_ignore_case,  ///< a: index of PatternExtras::texts
  wildcard,            ///< a: the place of a packed Wildcard
  any_of,              ///< a: offset of a TestCode that accepts the value
  none_of,             ///< a: offset of a TestCode that does not
  all_of,              ///< a: offset of b ConditionCodes that all accept the value
  regex,               ///< a: index of PatternExtras::regexes
  contains_all,        ///< a: offset of b ConditionCodes, each of which accepts a value of one array
  equals_set,          ///< the same, and each value is accepted by one of them
};

constexpr auto kFirstSlowOp = ConditionOp::equals_ignore_case;
constexpr bool is_set(ConditionOp op) { return op >= ConditionOp::contains_all; }

constexpr std::uint8_t kBottomIncluded = 1, kTopIncluded = 2, kNoBottom = 4, kNoTop = 8;  ///< of a range
constexpr std::uint8_t kIsV6 = 1;  ///< of an address or network

/// A text's place is its first byte among the texts: a; its size: b.
struct ConditionCode {
  ConditionOp op = ConditionOp::kind;
  std::uint8_t flags = 0;
  std::uint32_t a = 0, b = 0;
};

/// A list of conditions of which any may hold; they follow, in four groups.
struct TestCode {
  std::uint16_t number = 0;  ///< of the test, from 0; of those inside others: 0
  std::uint8_t kinds = 0;    ///< what is accepted whatever its value, see kind_bit()
  bool accepts_absence : 1 = false;
  bool is_slow : 1 = false;     ///< some conditions are
  bool has_sets : 1 = false;    ///< some conditions are about an array; they come last
  std::uint16_t strings = 0;    ///< sorted by text
  std::uint16_t numbers = 0;    ///< sorted by value
  std::uint16_t addresses = 0;  ///< sorted
  std::uint16_t others = 0;
};

struct TermCode {
  std::uint16_t field = 0;  ///< by its place among the paths
  std::uint16_t scope = 0;
  std::uint32_t test = 0;  ///< offset
};

struct WayCode {
  std::uint32_t terms = 0;      ///< offset of TermCodes
  std::uint32_t negations = 0;  ///< offset of indexes of NegationCodes, 16 bits each
  std::uint16_t term_count = 0, negation_count = 0;
};

struct NegationCode {
  std::uint32_t ways = 0, way_count = 0;  ///< offset of WayCodes
};

struct PatternHeader {
  std::uint32_t ways = 0, way_count = 0;  ///< offset of WayCodes
  std::uint32_t scopes = 0;               ///< offset of PatternScopes
  std::uint32_t negations = 0;            ///< offset of NegationCodes
  std::uint32_t texts = 0, paths = 0;     ///< offsets
  std::uint16_t field_count = 0, test_count = 0;
  bool judges_again = false;  ///< tests may be asked several times about one event
};

/// What does not fit into a run of bytes.  Few patterns have any.
struct PatternExtras {
  std::vector<std::shared_ptr<const Regex>> regexes;
  std::vector<IgnoreCaseText> texts;
  bool empty() const { return regexes.empty() && texts.empty(); }
};

/// The bit of a Leaf::Kind.
template <class Kind>
constexpr std::uint8_t kind_bit(Kind kind) {
  return static_cast<std::uint8_t>(1u << static_cast<unsigned>(kind));
}
constexpr std::uint8_t kAnyKind = 0xFF;

/// Reads such a run of bytes, which outlives it, as do the extras.
class PatternCode {
 public:
  PatternCode(const std::byte* bytes, const PatternExtras* extras) : bytes_(bytes), extras_(extras) {}

  const PatternHeader& header() const { return at<PatternHeader>(0); }
  std::span<const WayCode> ways() const { return span<WayCode>(header().ways, header().way_count); }
  std::span<const TermCode> terms(const WayCode& way) const {
    return span<TermCode>(way.terms, way.term_count);
  }
  std::span<const std::uint16_t> negations(const WayCode& way) const {
    return span<std::uint16_t>(way.negations, way.negation_count);
  }
  std::span<const WayCode> negated_ways(std::uint16_t negation) const {
    const auto& code = span<NegationCode>(header().negations, negation + 1u)[negation];
    return span<WayCode>(code.ways, code.way_count);
  }
  const PatternScope& scope(std::uint16_t scope) const {
    return span<PatternScope>(header().scopes, scope + 1u)[scope];
  }
  const TestCode& test(std::uint32_t offset) const { return at<TestCode>(offset); }
  std::span<const ConditionCode> conditions(std::uint32_t offset, std::uint32_t count) const {
    return span<ConditionCode>(offset, count);
  }

  const char* place(std::uint32_t at) const {
    return reinterpret_cast<const char*>(bytes_ + header().texts + at);
  }
  std::string_view text(const ConditionCode& c) const { return {place(c.a), c.b}; }
  static double number(const ConditionCode& condition);
  IpAddress address(const ConditionCode& condition) const;
  NumericRange range(const ConditionCode& condition) const;
  IpRange network(const ConditionCode& condition) const;
  const IgnoreCaseText& ignore_case_text(const ConditionCode& c) const { return extras_->texts[c.a]; }
  const Regex& regex(const ConditionCode& c) const { return *extras_->regexes[c.a]; }

  std::vector<std::string> paths() const;

 private:
  template <class T>
  const T& at(std::uint32_t offset) const {
    return *reinterpret_cast<const T*>(bytes_ + offset);
  }
  template <class T>
  std::span<const T> span(std::uint32_t offset, std::uint32_t count) const {
    return {reinterpret_cast<const T*>(bytes_ + offset), count};
  }

  const std::byte* bytes_;
  const PatternExtras* extras_;
};

/// The four groups of conditions of a test.
struct TestView {
  explicit TestView(const TestCode& test);
  std::span<const ConditionCode> strings, numbers, addresses, others;
};

}  // namespace signalbox::pipeline
