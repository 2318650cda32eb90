#include "store/file.hpp"

#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace signalbox::store {

File& File::operator=(File&& other) noexcept {
  if (is_open()) ::close(descriptor_);
  descriptor_ = other.release();
  return *this;
}

File::~File() {
  if (is_open()) ::close(descriptor_);
}

int File::release() { return std::exchange(descriptor_, -1); }

Error system_error(const std::string& tried, const std::filesystem::path& path, int error_number) {
  return Error(error_number == ENOSPC ? Errc::no_space : Errc::storage,
               tried + " " + path.string() + ": " + std::generic_category().message(error_number));
}

Result<File> open_file(const std::filesystem::path& path, int flags, const std::string& tried) {
  const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC, 0600);
  if (descriptor < 0) return system_error(tried, path, errno);
  return File(descriptor);
}

Status sync_folder(const std::filesystem::path& folder) {
  auto file = open_file(folder, O_RDONLY | O_DIRECTORY, "open the folder");
  if (!file) return file.error();
  if (::fsync(file->descriptor()) != 0) return system_error("sync the folder", folder, errno);
  return ok();
}

Result<std::uint64_t> free_bytes(const std::filesystem::path& path) {
  struct statvfs info {};
  if (::statvfs(path.c_str(), &info) != 0) return system_error("ask for the free space of", path, errno);
  return std::uint64_t{info.f_bavail} * std::uint64_t{info.f_frsize};
}

Status preallocate(const std::filesystem::path& path, std::uint64_t size_bytes) {
  auto file = open_file(path, O_RDWR | O_CREAT, "create the reserve");
  if (!file) return file.error();
  const int error_number = ::posix_fallocate(file->descriptor(), 0, static_cast<off_t>(size_bytes));
  if (error_number == 0) return ok();
  ::unlink(path.c_str());
  return system_error("set space aside in", path, error_number);
}

}  // namespace signalbox::store
