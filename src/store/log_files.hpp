#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "signalbox/error.hpp"
#include "store/file.hpp"

namespace signalbox::store {

/// A point in the log.
struct LogPosition {
  std::uint32_t segment = 0;
  std::uint64_t offset = 0;
  auto operator<=>(const LogPosition&) const = default;
};

/// The files of the log, a folder of segments: `0000000001.log` and so on.  Thread-safe.
class LogFiles {
 public:
  explicit LogFiles(std::filesystem::path folder) : folder_(std::move(folder)) {}

  const std::filesystem::path& folder() const { return folder_; }
  std::filesystem::path path(std::uint32_t segment) const;

  /// Creates the folder, durably.  Errors: storage, no_space.
  Status create_folder() const;
  /// Numbers of the segments there, ascending; none when there is no folder.  Errors: storage.
  Result<std::vector<std::uint32_t>> list() const;

  enum class Fill : std::uint8_t {
    reserved,  ///< the space is the file's if there is so much, which is quick
    zeros,     ///< and was written once: a sync then writes nothing of the file itself, and takes half as long
  };
  /// Creates a segment of `size_bytes`, durably.  Blocks: with zeros for as long as writing them takes.  Errors:
  /// storage, no_space.
  Result<std::shared_ptr<const File>> create(std::uint32_t segment, std::uint64_t size_bytes, Fill fill);
  /// For reading; what was opened before is open still, as far as there is room for that.  Errors: storage,
  /// not_found.
  Result<std::shared_ptr<const File>> open(std::uint32_t segment);
  /// Gives up what stands behind `size_bytes`.  Errors: storage.
  Status cut(std::uint32_t segment, std::uint64_t size_bytes) const;
  /// Its space is free once nobody reads it any more.  Errors: storage.
  Status remove(std::uint32_t segment);

 private:
  static constexpr std::size_t kOpenMax = 256;
  const std::filesystem::path folder_;
  std::mutex mutex_;
  std::map<std::uint32_t, std::shared_ptr<const File>> open_;
};

}  // namespace signalbox::store
