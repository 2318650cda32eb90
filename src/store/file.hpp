#pragma once
#include <cstdint>
#include <filesystem>
#include <string>

#include "signalbox/error.hpp"

namespace signalbox::store {

/// An open file descriptor, closed at the end.
class File {
 public:
  File() = default;
  explicit File(int descriptor) : descriptor_(descriptor) {}
  File(File&& other) noexcept : descriptor_(other.release()) {}
  File& operator=(File&& other) noexcept;
  ~File();
  int descriptor() const { return descriptor_; }
  bool is_open() const { return descriptor_ >= 0; }

 private:
  int release();
  int descriptor_ = -1;
};

/// `tried` ("create the lock file"), the path and errno's text, as `storage`; ENOSPC as `no_space`.
Error system_error(const std::string& tried, const std::filesystem::path& path, int error_number);

/// Opens with open(2)'s `flags`, close-on-exec, mode 0600.  Errors: storage, no_space.
Result<File> open_file(const std::filesystem::path& path, int flags, const std::string& tried);

/// Makes the names in a folder durable.  Errors: storage.
Status sync_folder(const std::filesystem::path& folder);

/// Bytes an unprivileged process may still write to the file system that holds `path`.  Errors: storage.
Result<std::uint64_t> free_bytes(const std::filesystem::path& path);

/// Creates a file that occupies `size_bytes`, or leaves none behind.  Errors: storage, no_space.
Status preallocate(const std::filesystem::path& path, std::uint64_t size_bytes);

}  // namespace signalbox::store
