#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "signalbox/error.hpp"
#include "store/log_checkpoint.hpp"
#include "store/segment_contents.hpp"

namespace signalbox::store {

/// Knows the segments that are not written any more and finds those whose space can be had back.  Thread-safety: none.
class SegmentCleaner {
 public:
  /// The first key kept of a stream; nullopt when none is.
  using FirstKept = std::function<Result<std::optional<std::string>>(std::string_view stream)>;
  explicit SegmentCleaner(FirstKept first_kept) : first_kept_(std::move(first_kept)) {}

  void add(std::uint32_t segment, SealedSegment sealed);
  void forget(std::uint32_t segment) { segments_.erase(segment); }

  /// Keys were erased from the front of the stream.
  void trimmed(std::string_view stream) { first_.erase(std::string(stream)); }

  /// Segments below `limit` of which nothing is kept.  Errors: those of the lookup.
  Result<std::vector<std::uint32_t>> find_dead(std::uint32_t limit);

  /// A stream's keys that a segment may hold values of.
  struct Remnant {
    std::string stream;
    std::string first_key, last_key;
  };
  struct Sparse {
    std::uint32_t segment = 0;
    std::vector<Remnant> remnants;
  };
  /// A segment below `limit` of which at most half is kept.  Looks at every stream of every segment.
  Result<std::optional<Sparse>> find_sparse(std::uint32_t limit);

 private:
  struct Known {
    SealedSegment sealed;
    std::size_t dead_to = 0;  // where in its contents the first part stands of which something may be kept
  };
  /// nullptr when nothing of the part is kept; else the first key kept of its stream.
  Result<const std::string*> kept(const StreamPart& part);

  FirstKept first_kept_;
  std::map<std::uint32_t, Known> segments_;
  std::map<std::string, std::string, std::less<>> first_;  // by stream, as far as asked
};

}  // namespace signalbox::store
