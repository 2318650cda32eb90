#include "store/free_space.hpp"

#include <string>

#include "base/units.hpp"

namespace signalbox::store {
namespace {

constexpr std::uint64_t kWrittenTwice = 2;
constexpr std::uint64_t kRecoverySixteenths = 1;  // how far above `enough` it must come before events are taken again

Error too_little(std::uint64_t free_bytes, std::uint64_t wanted) {
  return Error(Errc::no_space, "too little space left for the store: " + base::format_bytes(free_bytes) + " free, " +
                                   base::format_bytes(wanted) + " wanted");
}

}  // namespace

FreeSpace::FreeSpace(std::uint64_t enough, std::uint64_t enough_to_work)
    : enough_(enough), enough_to_work_(enough_to_work) {}

void FreeSpace::measured(std::uint64_t free_bytes) {
  measured_.store(free_bytes, std::memory_order_relaxed);
  spent_.store(0, std::memory_order_relaxed);
  judge();
}

void FreeSpace::wrote(std::uint64_t size_bytes) {
  spent_.fetch_add(size_bytes * kWrittenTwice, std::memory_order_relaxed);
  judge();
}

void FreeSpace::judge() {
  const auto recovered = enough_ + enough_ / 16 * kRecoverySixteenths;
  const bool low = low_.load(std::memory_order_relaxed);
  low_.store(free_bytes() < (low ? recovered : enough_), std::memory_order_relaxed);
}

Status FreeSpace::admit() const {
  if (low_.load(std::memory_order_relaxed)) return too_little(free_bytes(), enough_);
  return ok();
}

Status FreeSpace::may_write() const {
  if (const auto left = free_bytes(); left < enough_to_work_) return too_little(left, enough_to_work_);
  return ok();
}

std::uint64_t FreeSpace::free_bytes() const {
  const auto measured = measured_.load(std::memory_order_relaxed), spent = spent_.load(std::memory_order_relaxed);
  return measured > spent ? measured - spent : 0;
}

}  // namespace signalbox::store
