#pragma once
#include <cstddef>
#include <deque>
#include <vector>

#include "jq/job.hpp"

namespace signalbox::jq {

/// The jobs that a worker has been sent and not answered, in order; the first is the one it is at.
class Flight {
 public:
  struct Entry {
    Job* job = nullptr;  ///< nullptr: nobody wants the answer any more
    Duration cost{};
    std::size_t bytes = 0;
    bool measured = false;  ///< how long it takes tells what the program costs
  };

  bool empty() const { return entries_.empty(); }
  std::size_t size() const { return entries_.size(); }
  Duration cost() const { return cost_; }
  std::size_t bytes() const { return bytes_; }
  /// nullptr when nobody wants the answer.  REQUIRES: not empty().
  const Job* first() const { return entries_.front().job; }
  /// Since when the worker is at the first one.  REQUIRES: not empty().
  TimePoint begun() const { return begun_; }

  void push(const Entry& entry, TimePoint now);
  /// The first one is done.  REQUIRES: not empty().
  Entry pop(TimePoint now);
  /// Nobody wants its answer any more.
  void forget(const Job& job);
  /// Gives back the jobs after the first, in order; the worker will still answer them, for nobody.
  std::vector<Job*> give_back_all_but_first();
  /// Empties it.
  std::vector<Job*> give_back();

 private:
  std::deque<Entry> entries_;
  Duration cost_{};
  std::size_t bytes_ = 0;
  TimePoint begun_{};
};

}  // namespace signalbox::jq
