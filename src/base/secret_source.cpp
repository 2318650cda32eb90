#include "base/secret_source.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <vector>

#include "base/config_path.hpp"

namespace signalbox::base {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLargestSecret = 64 << 10;

/// A file descriptor, closed at the end.
class OpenFile {
 public:
  explicit OpenFile(const fs::path& path) : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  ~OpenFile() {
    if (fd_ >= 0) ::close(fd_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  int fd() const { return fd_; }

 private:
  int fd_;
};

/// Where the file may lie, in order.
std::vector<fs::path> candidates(const fs::path& name, const Place& place) {
  if (name.is_absolute()) return {name};
  std::vector<fs::path> all{place.file ? fs::path(*place.file).parent_path() / name : name};
  if (const char* credentials = std::getenv("CREDENTIALS_DIRECTORY");
      credentials != nullptr && *credentials != '\0')
    all.push_back(fs::path(credentials) / name);
  return all;
}

Error unreadable(const std::string& name, const std::string& why) {
  return Error(Errc::invalid_argument, fmt::format("cannot read {}: {}", in_quotes(name, 200), why));
}

/// At most one byte more than allowed, so that the caller sees when there is too much.
Result<std::string> read_bounded(int fd, const std::string& name) {
  std::string bytes(kLargestSecret + 1, '\0');
  std::size_t size = 0;
  while (size < bytes.size()) {
    const ssize_t got = ::read(fd, bytes.data() + size, bytes.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return unreadable(name, std::generic_category().message(errno));
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  bytes.resize(size);
  return bytes;
}

}  // namespace

Result<FoundSecret> secret_from_file(const std::string& name, const Place& place) {
  if (name.empty()) return unreadable(name, "a file has a name");
  int why = ENOENT;
  for (const auto& path : candidates(name, place)) {
    const OpenFile file(path);
    if (file.fd() < 0) {
      if (errno != ENOENT) why = errno;
      continue;
    }
    struct stat info {};
    if (::fstat(file.fd(), &info) != 0 || !S_ISREG(info.st_mode))
      return unreadable(name, "it is no regular file");
    auto bytes = read_bounded(file.fd(), name);
    if (!bytes) return bytes.error();
    if (bytes->size() > kLargestSecret) return unreadable(name, "a secret has at most 64 KiB");
    while (!bytes->empty() && (bytes->back() == '\n' || bytes->back() == '\r')) bytes->pop_back();
    if (bytes->empty()) return unreadable(name, "it is empty");
    FoundSecret found;
    found.secret = Secret(std::move(*bytes));
    if ((info.st_mode & S_IROTH) != 0) {
      found.warning = fmt::format("everybody on this machine may read {}", in_quotes(name, 200));
      found.hint = "take the right away: chmod o-r";
    }
    return found;
  }
  return unreadable(name, std::generic_category().message(why));
}

Result<FoundSecret> secret_from_environment(const std::string& variable) {
  const char* text = std::getenv(variable.c_str());
  if (text == nullptr || *text == '\0')
    return Error(Errc::invalid_argument, fmt::format("the environment variable {} is {}", in_quotes(variable),
                                                     text == nullptr ? "not set" : "empty"));
  FoundSecret found;
  found.secret = Secret(text);
  return found;
}

}  // namespace signalbox::base
