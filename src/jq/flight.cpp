#include "jq/flight.hpp"

#include <cassert>
#include <utility>

namespace signalbox::jq {

void Flight::push(const Entry& entry, TimePoint now) {
  if (entries_.empty()) begun_ = now;
  entries_.push_back(entry);
  cost_ += entry.cost;
  bytes_ += entry.bytes;
}

Flight::Entry Flight::pop(TimePoint now) {
  assert(!entries_.empty());
  const auto entry = entries_.front();
  entries_.pop_front();
  cost_ -= entry.cost;
  bytes_ -= entry.bytes;
  begun_ = now;
  return entry;
}

void Flight::forget(const Job& job) {
  for (auto& entry : entries_)
    if (entry.job == &job) entry.job = nullptr;
}

std::vector<Job*> Flight::give_back_all_but_first() {
  std::vector<Job*> jobs;
  for (std::size_t i = 1; i < entries_.size(); ++i)
    if (auto* job = std::exchange(entries_[i].job, nullptr)) jobs.push_back(job);
  return jobs;
}

std::vector<Job*> Flight::give_back() {
  std::vector<Job*> jobs;
  for (const auto& entry : entries_)
    if (entry.job != nullptr) jobs.push_back(entry.job);
  *this = Flight();
  return jobs;
}

}  // namespace signalbox::jq
