#include "store/log_files.hpp"

#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <string>
#include <system_error>

namespace signalbox::store {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kDigits = 10;
constexpr std::string_view kExtension = ".log";

std::uint32_t number_of(const std::string& name) {
  std::uint32_t number = 0;
  if (name.size() != kDigits + kExtension.size() || !name.ends_with(kExtension)) return 0;
  const auto* end = name.data() + kDigits;
  const auto [stopped, error] = std::from_chars(name.data(), end, number);
  return error == std::errc() && stopped == end ? number : 0;
}

constexpr std::uint64_t kZerosAtOnce = std::uint64_t{1} << 20;  // so that other syncs of the disk wait for no more

/// Where there is no room for all of it, or it cannot be done, the file grows as it is written.
Status reserve(const File& file, const fs::path& path, std::uint64_t size_bytes) {
  if (::fallocate(file.descriptor(), 0, 0, static_cast<off_t>(size_bytes)) == 0) return ok();
  if (errno == EOPNOTSUPP || errno == ENOSPC) return ok();
  return system_error("set space aside in", path, errno);
}

Status write_zeros(const File& file, const fs::path& path, std::uint64_t size_bytes) {
  static constexpr std::array<char, 64 * 1024> kZeros{};
  std::array<struct ::iovec, kZerosAtOnce / kZeros.size()> pieces;
  pieces.fill({const_cast<char*>(kZeros.data()), kZeros.size()});
  for (std::uint64_t at = 0; at < size_bytes;) {
    const auto rest = size_bytes - at;
    const auto count = std::min<std::size_t>(rest / kZeros.size(), pieces.size());
    const auto put = count == 0 ? ::pwrite(file.descriptor(), kZeros.data(), rest, static_cast<off_t>(at))
                                : ::pwritev(file.descriptor(), pieces.data(), static_cast<int>(count), static_cast<off_t>(at));
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return system_error("set space aside in", path, put < 0 ? errno : ENOSPC);
    if (::fdatasync(file.descriptor()) != 0) return system_error("sync", path, errno);
    at += static_cast<std::uint64_t>(put);
  }
  return ok();
}

}  // namespace

fs::path LogFiles::path(std::uint32_t segment) const {
  auto name = std::to_string(segment);
  name.insert(0, kDigits - name.size(), '0');
  return folder_ / name.append(kExtension);
}

Status LogFiles::create_folder() const {
  std::error_code error;
  fs::create_directories(folder_, error);
  if (error) return system_error("create the folder", folder_, error.value());
  return sync_folder(folder_.parent_path());
}

Result<std::vector<std::uint32_t>> LogFiles::list() const {
  std::vector<std::uint32_t> found;
  std::error_code error;
  if (!fs::exists(folder_, error) && !error) return found;
  fs::directory_iterator it(folder_, error);
  for (const fs::directory_iterator end; !error && it != end; it.increment(error))
    if (const auto number = number_of(it->path().filename().string())) found.push_back(number);
  if (error) return system_error("list the folder", folder_, error.value());
  std::sort(found.begin(), found.end());
  return found;
}

Result<std::shared_ptr<const File>> LogFiles::create(std::uint32_t segment, std::uint64_t size_bytes, Fill fill) {
  auto opened = open_file(path(segment), O_RDWR | O_CREAT | O_TRUNC, "create the log");
  if (!opened) return opened.error();
  auto file = std::make_shared<const File>(std::move(*opened));
  auto status = reserve(*file, path(segment), size_bytes);
  if (status && fill == Fill::zeros) status = write_zeros(*file, path(segment), size_bytes);
  if (status && ::fsync(file->descriptor()) != 0) status = system_error("sync", path(segment), errno);
  if (status) status = sync_folder(folder_);
  if (!status) {
    ::unlink(path(segment).c_str());
    return status.error();
  }
  const std::lock_guard lock(mutex_);
  open_.insert_or_assign(segment, file);
  return file;
}

Result<std::shared_ptr<const File>> LogFiles::open(std::uint32_t segment) {
  const std::lock_guard lock(mutex_);
  if (const auto found = open_.find(segment); found != open_.end()) return found->second;
  std::error_code error;
  if (!fs::exists(path(segment), error) && !error)
    return Error(Errc::not_found, "the log " + path(segment).string() + " is missing");
  auto opened = open_file(path(segment), O_RDONLY, "open the log");
  if (!opened) return opened.error();
  if (open_.size() >= kOpenMax) open_.erase(open_.begin());
  auto file = std::make_shared<const File>(std::move(*opened));
  open_.emplace(segment, file);
  return file;
}

Status LogFiles::cut(std::uint32_t segment, std::uint64_t size_bytes) const {
  const auto file = open_file(path(segment), O_RDWR, "open the log");
  if (!file) return file.error();
  if (::ftruncate(file->descriptor(), static_cast<off_t>(size_bytes)) != 0 || ::fsync(file->descriptor()) != 0)
    return system_error("cut", path(segment), errno);
  return ok();
}

Status LogFiles::remove(std::uint32_t segment) {
  const std::lock_guard lock(mutex_);
  open_.erase(segment);
  std::error_code error;
  fs::remove(path(segment), error);
  if (error) return system_error("remove", path(segment), error.value());
  return ok();
}

}  // namespace signalbox::store
