#include "store/log_group.hpp"

#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

namespace signalbox::store {
namespace {

constexpr std::string_view kGroupMagic = "SBXGROUP";
constexpr std::size_t kSearchBytes = std::size_t{1} << 20;

using HeaderWords = std::array<std::uint64_t, 5>;

struct HashDeleter {
  void operator()(XXH3_state_t* state) const { XXH3_freeState(state); }
};

std::uint64_t checksum(const HeaderWords& words, std::uint64_t segment, std::span<const std::string_view> parts) {
  thread_local const std::unique_ptr<XXH3_state_t, HashDeleter> state(XXH3_createState());
  XXH3_64bits_reset_withSeed(state.get(), segment);
  XXH3_64bits_update(state.get(), words.data(), sizeof words - sizeof words.back());
  for (const auto part : parts) XXH3_64bits_update(state.get(), part.data(), part.size());
  return XXH3_64bits_digest(state.get());
}

}  // namespace

GroupHeaderBytes seal(const GroupHeader& header, std::uint32_t segment, std::span<const std::string_view> parts) {
  HeaderWords words{0, header.number, header.synced, header.payload_size, 0};
  std::memcpy(words.data(), kGroupMagic.data(), kGroupMagic.size());
  words.back() = checksum(words, segment, parts);
  GroupHeaderBytes bytes{};
  std::memcpy(bytes.data(), words.data(), sizeof words);
  return bytes;
}

GroupScan::GroupScan(const File& file, std::filesystem::path path, std::uint32_t segment, std::uint64_t offset)
    : file_(file), path_(std::move(path)), segment_(segment), offset_(offset) {}

/// False when the file ends before.
Result<bool> GroupScan::read(std::uint64_t offset, std::size_t size, std::string& out) const {
  out.resize(size);
  for (std::size_t done = 0; done < size;) {
    const auto got = ::pread(file_.descriptor(), out.data() + done, size - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_error("read", path_, errno);
    if (got == 0) {
      out.resize(done);
      return false;
    }
    done += static_cast<std::size_t>(got);
  }
  return true;
}

Result<GroupScan::Found> GroupScan::look_at(std::uint64_t offset) {
  auto whole = read(offset, kGroupHeaderBytes, head_);
  if (!whole) return whole.error();
  if (head_.find_first_not_of('\0') == std::string::npos) return Found::nothing;
  if (!*whole || !head_.starts_with(kGroupMagic)) return Found::damage;
  HeaderWords words{};
  std::memcpy(words.data(), head_.data(), sizeof words);
  struct ::stat info {};
  if (::fstat(file_.descriptor(), &info) != 0) return system_error("look at", path_, errno);
  const auto rest = static_cast<std::uint64_t>(info.st_size) - offset - kGroupHeaderBytes;
  if (words[3] > rest) return Found::damage;
  whole = read(offset + kGroupHeaderBytes, words[3], payload_);
  if (!whole) return whole.error();
  const std::string_view part = payload_;
  if (!*whole || checksum(words, segment_, {&part, 1}) != words[4]) return Found::damage;
  header_ = GroupHeader{words[1], words[2], words[3]};
  offset_ = offset + kGroupHeaderBytes + payload_.size();
  return Found::group;
}

Result<GroupScan::Found> GroupScan::next() { return look_at(offset_); }

Result<GroupScan::Found> GroupScan::skip_damage() {
  std::string window;
  for (auto from = offset_;;) {
    const auto whole = read(from, kSearchBytes, window);
    if (!whole) return whole.error();
    for (auto at = window.find(kGroupMagic); at != std::string::npos; at = window.find(kGroupMagic, at + 1)) {
      const auto found = look_at(from + at);
      if (!found || *found == Found::group) return found;
    }
    if (!*whole) return Found::nothing;
    from += kSearchBytes - kGroupMagic.size() + 1;
  }
}

}  // namespace signalbox::store
