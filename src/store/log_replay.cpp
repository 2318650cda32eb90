#include "store/log_replay.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <system_error>
#include <vector>

#include "store/log_group.hpp"

namespace signalbox::store {
namespace {

using Found = GroupScan::Found;

class Replay {
 public:
  Replay(LogFiles& files, const LogEnd& from, OnDamage on_damage,
         const std::function<Status(const ReplayedGroup&)>& visit)
      : files_(files), end_(from), on_damage_(on_damage), visit_(visit) {}

  Result<LogEnd> run() {
    auto segments = files_.list();
    if (!segments) return segments.error();
    std::erase_if(*segments, [this](std::uint32_t segment) { return segment < end_.at.segment; });
    const auto from = end_.at;
    for (const auto segment : *segments) {
      auto status = segment_from({segment, segment == from.segment ? from.offset : 0});
      if (!status) return status.error();
      if (stopped_) break;
    }
    return end_;
  }

 private:
  Status segment_from(const LogPosition& start) {
    auto file = files_.open(start.segment);
    if (!file) return file.error();
    if (::fdatasync((*file)->descriptor()) != 0) return system_error("sync", files_.path(start.segment), errno);
    GroupScan scan(**file, files_.path(start.segment), start.segment, start.offset);
    for (;;) {
      const auto before = scan.offset();
      auto found = scan.next();
      if (!found) return found.error();
      if (*found != Found::group || scan.header().number != end_.group + 1) {
        if (auto status = look_for_proof(scan, *found, {start.segment, before}); !status) return status;
        break;
      }
      const ReplayedGroup group{end_.group + 1, scan.payload(), {start.segment, scan.payload_offset()}};
      if (auto status = visit_(group); !status) return status;
      end_ = {group.number, {start.segment, scan.offset()}};
    }
    return ok();
  }

  /// Something here is not the next group.  A later group tells whether the next one had been synced.
  Status look_for_proof(GroupScan& scan, Found found, const LogPosition& at) {
    bool out_of_turn = found == Found::group;  // a whole group, but not the next
    for (;;) {
      if (found == Found::group && scan.header().synced > end_.group) return damage(at);
      if (found == Found::group) out_of_turn = true;
      auto next = scan.skip_damage();
      if (!next) return next.error();
      if (*next != Found::group) break;
      found = *next;
    }
    if (out_of_turn) stopped_ = true;
    return ok();
  }

  Status damage(const LogPosition& at) {
    stopped_ = true;
    if (on_damage_ == OnDamage::stop) return ok();
    return Error(Errc::corrupt, "the log " + files_.path(at.segment).string() + " is damaged at byte " +
                                    std::to_string(at.offset) + ": group " + std::to_string(end_.group + 1) +
                                    ", which had been synced, is not there");
  }

  LogFiles& files_;
  LogEnd end_;
  const OnDamage on_damage_;
  const std::function<Status(const ReplayedGroup&)>& visit_;
  bool stopped_ = false;  // what follows is not read
};

}  // namespace

Result<LogEnd> replay(LogFiles& files, const LogEnd& from, OnDamage on_damage,
                      const std::function<Status(const ReplayedGroup&)>& visit) {
  return Replay(files, from, on_damage, visit).run();
}

Status cut_behind(LogFiles& files, const LogPosition& end) {
  auto segments = files.list();
  if (!segments) return segments.error();
  for (const auto segment : *segments) {
    std::error_code error;
    Status status = ok();
    if (segment > end.segment) status = files.remove(segment);
    else if (segment == end.segment && std::filesystem::file_size(files.path(segment), error) > end.offset)
      status = files.cut(segment, end.offset);
    if (!status) return status;
  }
  return ok();
}

}  // namespace signalbox::store
