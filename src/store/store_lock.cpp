#include "store/store_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>

namespace signalbox::store {
namespace {

std::string holder(int descriptor) {
  std::array<char, 32> text{};
  const auto size = ::pread(descriptor, text.data(), text.size(), 0);
  std::string pid;
  for (ssize_t i = 0; i < size && text[static_cast<std::size_t>(i)] >= '0' && text[static_cast<std::size_t>(i)] <= '9'; ++i)
    pid += text[static_cast<std::size_t>(i)];
  return pid.empty() ? "another process" : "process " + pid;
}

}  // namespace

Result<StoreLock> StoreLock::take(const std::filesystem::path& folder) {
  const auto path = folder / "lock";
  auto file = open_file(path, O_RDWR | O_CREAT, "open the lock file");
  if (!file) return file.error();
  if (::flock(file->descriptor(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return system_error("lock", path, errno);
    return Error(Errc::conflict, "the store " + folder.string() + " is in use by " + holder(file->descriptor()));
  }
  // The lock is what counts; the number is for people, so a failure to write it is no failure.
  const std::string pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(file->descriptor(), 0) == 0 && ::pwrite(file->descriptor(), pid.data(), pid.size(), 0) < 0) errno = 0;
  return StoreLock(std::move(*file));
}

}  // namespace signalbox::store
