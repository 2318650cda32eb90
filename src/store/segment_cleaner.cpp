#include "store/segment_cleaner.hpp"

namespace signalbox::store {
namespace {

constexpr std::uint64_t kSparse = 2;  // at most one part in so many is kept

}  // namespace

void SegmentCleaner::add(std::uint32_t segment, SealedSegment sealed) {
  segments_.insert_or_assign(segment, Known{std::move(sealed)});
}

/// What is known of a stream holds until its front is trimmed; of one that has nothing it holds for the moment only.
Result<const std::string*> SegmentCleaner::kept(const StreamPart& part) {
  const std::string* const nothing = nullptr;
  auto known = first_.find(part.stream);
  if (known == first_.end()) {
    auto first = first_kept_(part.stream);
    if (!first) return first.error();
    if (!*first) return nothing;
    known = first_.emplace(std::string(part.stream), std::move(**first)).first;
  }
  return known->second <= part.last_key ? &known->second : nothing;
}

Result<std::vector<std::uint32_t>> SegmentCleaner::find_dead(std::uint32_t limit) {
  std::vector<std::uint32_t> dead;
  for (auto& [segment, known] : segments_) {
    if (segment >= limit) break;
    auto next = known.dead_to;
    bool any = false;
    while (const auto part = read_stream_part(known.sealed.contents, next)) {
      const auto first = kept(*part);
      if (!first) return first.error();
      any = *first != nullptr;
      if (any) break;
      known.dead_to = next;
    }
    if (!any) dead.push_back(segment);
  }
  return dead;
}

Result<std::optional<SegmentCleaner::Sparse>> SegmentCleaner::find_sparse(std::uint32_t limit) {
  for (const auto& [segment, known] : segments_) {
    if (segment >= limit) break;
    Sparse sparse{segment, {}};
    std::uint64_t bytes = 0;
    auto next = known.dead_to;
    while (const auto part = read_stream_part(known.sealed.contents, next)) {
      const auto first = kept(*part);
      if (!first) return first.error();
      if (!*first) continue;
      bytes += part->bytes;
      if (bytes * kSparse > known.sealed.size_bytes) break;
      sparse.remnants.push_back({std::string(part->stream), **first, std::string(part->last_key)});
    }
    if (bytes * kSparse <= known.sealed.size_bytes) return std::optional(std::move(sparse));
  }
  return std::optional<Sparse>();
}

}  // namespace signalbox::store
