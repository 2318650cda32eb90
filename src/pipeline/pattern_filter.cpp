#include "pipeline/pattern_filter.hpp"

#include <algorithm>
#include <memory>
#include <new>
#include <utility>

#include "pipeline/condition_text.hpp"
#include "pipeline/field_path.hpp"
#include "pipeline/filter_shape.hpp"
#include "pipeline/pattern_encoder.hpp"
#include "pipeline/pattern_match.hpp"
#include "pipeline/pattern_shape.hpp"
#include "pipeline/utf8.hpp"

namespace signalbox::pipeline {
namespace {

/// Allocates one object with `tail` bytes behind it.
template <class T>
struct TailAllocator {
  using value_type = T;
  explicit TailAllocator(std::uint32_t bytes) : tail(bytes) {}
  template <class U>
  TailAllocator(const TailAllocator<U>& other) : tail(other.tail) {}  // NOLINT: allocators convert

  T* allocate(std::size_t count) { return static_cast<T*>(::operator new(count * sizeof(T) + tail)); }
  void deallocate(T* object, std::size_t) { ::operator delete(object); }
  template <class U>
  bool operator==(const TailAllocator<U>&) const {
    return true;
  }

  std::uint32_t tail;
};

/// Its code lies right behind it, in the same allocation.
class PatternFilter final : public Filter {
 public:
  /// `encoded.bytes.size()` bytes can be written behind the object.
  explicit PatternFilter(EncodedPattern& encoded) {
    std::copy(encoded.bytes.begin(), encoded.bytes.end(), reinterpret_cast<std::byte*>(this + 1));
    if (!encoded.extras.empty()) extras_ = std::make_unique<const PatternExtras>(std::move(encoded.extras));
  }

  FilterShape shape() const override { return shape_of(code()); }

  using Filter::matches;
  bool matches(const FilterInput& input, std::span<const std::uint32_t> fields) const override {
    static thread_local PatternScratch scratch;
    const auto pattern = code();
    return PatternMatch(pattern, input, fields, scratch).matches();
  }

  using Filter::explain;
  std::optional<Mismatch> explain(const FilterInput& input,
                                  std::span<const std::uint32_t> fields) const override {
    PatternScratch scratch;
    const auto pattern = code();
    PatternMatch match(pattern, input, fields, scratch);
    if (match.matches()) return std::nullopt;
    Mismatch mismatch{{}, {}, "what the pattern asks for", {}};
    for (const auto& term : pattern.terms(pattern.ways().front())) {
      if (match.verdict(term) != FieldVerdict::no) continue;
      mismatch.path = to_valid_utf8(to_readable_path(pattern.paths()[term.field]));
      mismatch.found = describe(match.leaves(term));
      break;
    }
    return mismatch;
  }

 private:
  PatternCode code() const { return {reinterpret_cast<const std::byte*>(this + 1), extras_.get()}; }

  std::unique_ptr<const PatternExtras> extras_;
};

}  // namespace

Result<std::shared_ptr<const Filter>> compile_pattern(std::string_view text, PatternReading reading) {
  const auto pattern = parse_pattern(text, reading);
  if (!pattern) return pattern.error();
  const auto expanded = expand_pattern(*pattern, reading);
  if (!expanded) return expanded.error();
  auto encoded = encode_pattern(*expanded, reading);
  const TailAllocator<PatternFilter> allocator(static_cast<std::uint32_t>(encoded.bytes.size()));
  return std::shared_ptr<const Filter>(std::allocate_shared<PatternFilter>(allocator, encoded));
}

}  // namespace signalbox::pipeline
