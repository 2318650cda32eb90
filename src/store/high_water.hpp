#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>

#include "signalbox/error.hpp"
#include "store/file.hpp"

namespace signalbox::store {

/// How far a store had come.
struct Mark {
  std::uint64_t group = 0;       ///< number of the last group known to be durable
  std::uint64_t log_number = 0;  ///< of the segment of the log it stands in
  std::uint64_t log_bytes = 0;   ///< where in it that group ends
  bool operator==(const Mark&) const = default;
};

/// How far the store had come, kept outside of it, so that a lost or truncated write-ahead log is noticed.
///
/// The file has two slots of 4096 bytes that are written in turn, each with a checksum: a write that is cut short
/// leaves the other slot, with the mark before.  Thread-safety: none.
class HighWater {
 public:
  /// Opens the mark of the store in `folder`, creating the file if there is none.  Errors: storage, no_space.
  static Result<HighWater> open(const std::filesystem::path& folder);

  /// nullopt when the file is new or neither slot is whole.
  const std::optional<Mark>& mark() const { return mark_; }

  /// Writes and syncs a mark.  Errors: storage, no_space.
  Status write(const Mark& mark);

 private:
  HighWater(std::filesystem::path path, File file) : path_(std::move(path)), file_(std::move(file)) {}
  Status read();

  std::filesystem::path path_;
  File file_;
  std::optional<Mark> mark_;
  std::uint64_t writes_ = 0;  // made so far, ever: the slot of the next is its parity
};

}  // namespace signalbox::store
