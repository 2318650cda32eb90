#include "store/placed_values.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace signalbox::store {
namespace {

constexpr std::size_t kFirstAhead = std::size_t{16} << 10;
constexpr std::size_t kMostAhead = std::size_t{256} << 10;

}  // namespace

Error PlacedValues::damaged(const Place& place, const std::string& what) const {
  return Error(Errc::corrupt, "the log " + files_.path(place.segment).string() + " is damaged: the value at byte " +
                                  std::to_string(place.offset) + " " + what + "; restore the store from a backup");
}

/// The first read is of one value; each that goes on beside it takes twice as much as the one before.
Status PlacedValues::fill(const Place& place) {
  const auto file = files_.open(place.segment);
  if (!file) return file.error().code == Errc::not_found ? damaged(place, "is in a file that is missing") : file.error();
  const std::size_t ahead = segment_ == place.segment ? ahead_ : 0;
  ahead_ = std::clamp(ahead * 2, kFirstAhead, kMostAhead);
  segment_ = place.segment;
  const auto before = order_ == Order::descending ? std::min<std::uint64_t>(ahead, place.offset) : 0;
  begin_ = place.offset - before;
  window_.resize(before + place.size + (order_ == Order::ascending ? ahead : 0));
  for (std::size_t done = 0; done < window_.size();) {
    const auto got = ::pread((*file)->descriptor(), window_.data() + done, window_.size() - done,
                             static_cast<off_t>(begin_ + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_error("read", files_.path(place.segment), errno);
    if (got == 0) window_.resize(done);
    done += static_cast<std::size_t>(got);
  }
  return ok();
}

Result<std::string_view> PlacedValues::read(const Place& place) {
  const auto is_there = [&] {
    return segment_ == place.segment && place.offset >= begin_ &&
           std::uint64_t{place.offset} + place.size <= begin_ + window_.size();
  };
  if (!is_there())
    if (auto status = fill(place); !status) return status.error();
  if (!is_there()) return damaged(place, "is cut off");
  const auto value = std::string_view(window_).substr(place.offset - begin_, place.size);
  if (checksum_of(value) != place.checksum) return damaged(place, "has another checksum");
  return value;
}

}  // namespace signalbox::store
