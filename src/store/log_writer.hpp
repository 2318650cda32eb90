#pragma once
#include <sys/uio.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string_view>
#include <vector>

#include "signalbox/error.hpp"
#include "store/log_files.hpp"

namespace signalbox::store {

/// Appends groups to the log.  Thread-safety: as each function says.
class LogWriter {
 public:
  struct Options {
    std::uint64_t segment_bytes = std::uint64_t{64} << 20;  ///< a new one is begun before it grows larger
    std::function<int(int)> sync_file;                      ///< fdatasync(2), or what fails in its place for a test
  };

  /// Writes behind `end`, in a new segment: what an old one holds is never written over.
  LogWriter(LogFiles& files, Options options, const LogPosition& end);

  /// Whether the next group, of `payload_bytes`, begins a new segment: begin_segment() must then be called first.
  /// The writer's thread.
  bool needs_segment(std::size_t payload_bytes) const;
  /// Makes what was written durable and begins the next segment.  The writer's thread.  Errors: storage, no_space.
  Status begin_segment();
  std::uint32_t segment() const { return segment_.load(std::memory_order_relaxed); }

  /// Writes a group made of the batches `parts`; says where its payload begins.  The writer's thread.
  /// Errors: storage, no_space.
  Result<LogPosition> append(std::uint64_t number, std::uint64_t synced, std::span<const std::string_view> parts);
  /// Where the next group would stand.  The writer's thread.
  LogPosition end() const { return {segment(), offset_}; }

  /// Makes all that was written durable.  Any thread.  Errors: storage.
  Status sync();

  /// Prepares the next segment if that was not done yet: takes as long as writing a segment.  The housekeeper's
  /// thread.  Errors: storage, no_space.
  Status prepare();
  bool is_prepared() const { return is_prepared_.load(std::memory_order_relaxed); }

 private:
  Status write_pieces(const File& file);
  std::shared_ptr<const File> current() const;

  LogFiles& files_;
  const Options options_;
  std::atomic<std::uint32_t> segment_;  // changed by the writer's thread while it holds preparing_
  std::uint64_t offset_;                // of the writer's thread
  std::vector<struct ::iovec> pieces_;

  mutable std::mutex mutex_;          // of file_
  std::shared_ptr<const File> file_;  // none before the first segment

  std::mutex preparing_;
  std::shared_ptr<const File> prepared_;  // of the segment after, or none
  std::atomic<bool> is_prepared_{false};
};

}  // namespace signalbox::store
