#include "store/log_writer.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <limits>

#include "store/log_group.hpp"

namespace signalbox::store {

LogWriter::LogWriter(LogFiles& files, Options options, const LogPosition& end)
    : files_(files), options_(std::move(options)), segment_(end.segment), offset_(end.offset) {}

std::shared_ptr<const File> LogWriter::current() const {
  const std::lock_guard lock(mutex_);
  return file_;
}

bool LogWriter::needs_segment(std::size_t payload_bytes) const {
  if (!current()) return true;
  return offset_ > 0 && offset_ + kGroupHeaderBytes + payload_bytes > options_.segment_bytes;
}

Status LogWriter::begin_segment() {
  if (auto status = sync(); !status) return status;
  const std::lock_guard preparing(preparing_);
  const auto next = segment() + 1;
  auto file = std::move(prepared_);
  is_prepared_.store(false, std::memory_order_relaxed);
  if (!file) {
    auto created = files_.create(next, options_.segment_bytes, LogFiles::Fill::reserved);
    if (!created) return created.error();
    file = std::move(*created);
  }
  segment_.store(next, std::memory_order_relaxed);
  offset_ = 0;
  const std::lock_guard lock(mutex_);
  file_ = std::move(file);
  return ok();
}

Status LogWriter::prepare() {
  if (is_prepared()) return ok();
  const std::lock_guard preparing(preparing_);
  auto created = files_.create(segment() + 1, options_.segment_bytes, LogFiles::Fill::zeros);
  if (!created) return created.error();
  prepared_ = std::move(*created);
  is_prepared_.store(true, std::memory_order_relaxed);
  return ok();
}

Result<LogPosition> LogWriter::append(std::uint64_t number, std::uint64_t synced,
                                      std::span<const std::string_view> parts) {
  GroupHeader header{number, synced, 0};
  for (const auto part : parts) header.payload_size += part.size();
  if (offset_ + kGroupHeaderBytes + header.payload_size > std::numeric_limits<std::uint32_t>::max())
    return Error(Errc::storage, "a group of commits over 4 GiB");
  const auto head = seal(header, segment(), parts);
  pieces_.clear();
  pieces_.push_back({const_cast<char*>(head.data()), head.size()});
  for (const auto part : parts)
    if (!part.empty()) pieces_.push_back({const_cast<char*>(part.data()), part.size()});
  const auto file = current();
  if (auto status = write_pieces(*file); !status) return status.error();
  const LogPosition payload{segment(), offset_ + head.size()};
  offset_ = payload.offset + header.payload_size;
  return payload;
}

/// Writes what pieces_ name to the end of the log.
Status LogWriter::write_pieces(const File& file) {
  auto at = offset_;
  for (std::size_t done = 0; done < pieces_.size();) {
    const auto count = std::min<std::size_t>(pieces_.size() - done, IOV_MAX);
    const auto put = ::pwritev(file.descriptor(), pieces_.data() + done, static_cast<int>(count), static_cast<off_t>(at));
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return system_error("write", files_.path(segment()), put < 0 ? errno : ENOSPC);
    at += static_cast<std::uint64_t>(put);
    auto left = static_cast<std::size_t>(put);
    for (; done < pieces_.size() && left >= pieces_[done].iov_len; ++done) left -= pieces_[done].iov_len;
    if (left == 0) continue;
    pieces_[done].iov_base = static_cast<char*>(pieces_[done].iov_base) + left;
    pieces_[done].iov_len -= left;
  }
  return ok();
}

Status LogWriter::sync() {
  const auto file = current();
  if (!file) return ok();
  const auto failed = options_.sync_file ? options_.sync_file(file->descriptor()) : ::fdatasync(file->descriptor());
  if (failed != 0) return system_error("sync", files_.path(segment()), errno);
  return ok();
}

}  // namespace signalbox::store
