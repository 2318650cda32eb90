#pragma once
#include <cstddef>
#include <deque>
#include <vector>

#include "signalbox/ids.hpp"

namespace signalbox::broker {

/// Which of a lane's deliveries have been begun and which of those have ended, whatever the order: the source of the
/// watermark and of the set above it.  A value of one strand.
class Progress {
 public:
  /// Deliveries are begun in ascending order of seq.
  void begin(Seq seq);
  /// REQUIRES: begun and not ended.
  void end(Seq seq);

  /// Begun and still counted here: unfinished ones and finished ones above an unfinished one.
  std::size_t size() const { return slots_.size(); }
  bool empty() const { return slots_.empty(); }
  std::size_t unfinished() const { return unfinished_; }
  /// The lowest unfinished one.  REQUIRES: !empty().
  Seq lowest() const { return slots_.front().seq; }
  /// Finished ones above lowest(), ascending.
  std::vector<Seq> finished_above() const;

 private:
  struct Slot {
    Seq seq;
    bool done;
  };
  std::deque<Slot> slots_;  // ascending; the front is never done
  std::size_t unfinished_ = 0;
};

}  // namespace signalbox::broker
