#include "broker/progress.hpp"

#include <algorithm>
#include <cassert>

namespace signalbox::broker {

void Progress::begin(Seq seq) {
  assert(slots_.empty() || slots_.back().seq < seq);
  slots_.push_back({seq, false});
  ++unfinished_;
}

void Progress::end(Seq seq) {
  auto at = std::lower_bound(slots_.begin(), slots_.end(), seq, [](const Slot& slot, Seq s) { return slot.seq < s; });
  assert(at != slots_.end() && at->seq == seq && !at->done);
  at->done = true;
  --unfinished_;
  while (!slots_.empty() && slots_.front().done) slots_.pop_front();
}

std::vector<Seq> Progress::finished_above() const {
  std::vector<Seq> finished;
  for (const auto& slot : slots_)
    if (slot.done) finished.push_back(slot.seq);
  return finished;
}

}  // namespace signalbox::broker
