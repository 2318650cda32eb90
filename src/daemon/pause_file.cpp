#include "daemon/pause_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <fstream>
#include <utility>

#include "base/log.hpp"

namespace signalbox::daemon {
namespace {

std::string line_of(const ChannelName& channel, const std::string& rule) {
  return channel.tenant + '/' + channel.channel + '/' + rule;  // names hold no '/'
}

/// Writes the bytes and syncs them; false when either fails.
bool write_synced(const std::filesystem::path& path, const std::string& bytes) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return false;
  const bool written = ::write(fd, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()) && ::fsync(fd) == 0;
  return ::close(fd) == 0 && written;
}

}  // namespace

PauseFile::PauseFile(std::filesystem::path path) : path_(std::move(path)) {
  if (path_.empty()) return;
  std::ifstream file(path_);
  for (std::string line; std::getline(file, line);)
    if (!line.empty()) rules_.insert(line);
}

bool PauseFile::paused(const ChannelName& channel, const std::string& rule) const {
  const std::lock_guard lock(mutex_);
  return !rules_.empty() && rules_.contains(line_of(channel, rule));
}

bool PauseFile::remember(const ChannelName& channel, const std::string& rule, bool paused) {
  const std::lock_guard lock(mutex_);
  const auto line = line_of(channel, rule);
  const bool changed = paused ? rules_.insert(line).second : rules_.erase(line) != 0;
  return !changed || path_.empty() || write();
}

bool PauseFile::write() const {
  std::string text;
  for (const auto& rule : rules_) text += rule + '\n';
  auto fresh = path_;
  fresh += ".new";
  std::error_code ec;
  if (write_synced(fresh, text)) std::filesystem::rename(fresh, path_, ec);
  else ec = std::make_error_code(std::errc::io_error);
  if (ec) base::log::error("pause.not_remembered", "file={} error={}", path_.string(), base::log::quoted(ec.message()));
  return !ec;
}

}  // namespace signalbox::daemon
