#include "store/high_water.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <xxhash.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

namespace signalbox::store {
namespace {

constexpr std::size_t kSlotBytes = 4096;
constexpr std::string_view kMagic = "SBXMARK1";

/// u64 magic | u64 writes | u64 group | u64 log number | u64 log bytes | u64 XXH3 of the 40 bytes before; little-endian.
using Slot = std::array<std::uint64_t, 6>;

std::uint64_t magic() {
  std::uint64_t number = 0;
  std::memcpy(&number, kMagic.data(), sizeof number);
  return number;
}

std::uint64_t checksum(const Slot& slot) { return XXH3_64bits(slot.data(), 5 * sizeof(std::uint64_t)); }

bool whole(const Slot& slot) { return slot[0] == magic() && slot[5] == checksum(slot); }

}  // namespace

Result<HighWater> HighWater::open(const std::filesystem::path& folder) {
  auto path = folder / "high-water";
  auto file = open_file(path, O_RDWR | O_CREAT, "open the high-water mark");
  if (!file) return file.error();
  HighWater high_water(std::move(path), std::move(*file));
  if (auto status = high_water.read(); !status) return status.error();
  return high_water;
}

Status HighWater::read() {
  for (const std::size_t parity : {std::size_t{0}, std::size_t{1}}) {
    Slot slot{};
    const auto got = ::pread(file_.descriptor(), slot.data(), sizeof slot, static_cast<off_t>(parity * kSlotBytes));
    if (got < 0) return system_error("read", path_, errno);
    if (static_cast<std::size_t>(got) != sizeof slot || !whole(slot) || slot[1] < writes_) continue;
    writes_ = slot[1];
    mark_ = Mark{slot[2], slot[3], slot[4]};
  }
  return ok();
}

Status HighWater::write(const Mark& mark) {
  Slot slot{magic(), writes_ + 1, mark.group, mark.log_number, mark.log_bytes, 0};
  slot[5] = checksum(slot);
  const auto at = static_cast<off_t>(slot[1] % 2 * kSlotBytes);
  const auto put = ::pwrite(file_.descriptor(), slot.data(), sizeof slot, at);
  if (put != static_cast<ssize_t>(sizeof slot)) return system_error("write", path_, put < 0 ? errno : ENOSPC);
  if (::fdatasync(file_.descriptor()) != 0) return system_error("sync", path_, errno);
  ++writes_;
  mark_ = mark;
  return ok();
}

}  // namespace signalbox::store
