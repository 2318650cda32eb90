#pragma once
#include <filesystem>

#include "signalbox/error.hpp"
#include "store/file.hpp"

namespace signalbox::store {

/// Keeps a second process, or a second store of this process, off the same folder for as long as it lives.
/// The file `lock` in the folder names the holder's process id.
class StoreLock {
 public:
  /// Errors: conflict (naming the folder and the holder), storage, no_space.
  static Result<StoreLock> take(const std::filesystem::path& folder);

 private:
  explicit StoreLock(File file) : file_(std::move(file)) {}
  File file_;
};

}  // namespace signalbox::store
