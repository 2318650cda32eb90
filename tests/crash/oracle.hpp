#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "loadtest/delivery_log.hpp"
#include "loadtest/outcome_log.hpp"

namespace signalbox::crash {

/// A time in which the daemon was not whole: from the blow to its next start; monotonic_ns().
struct Failure {
  std::uint64_t struck_ns = 0;
  std::uint64_t restarted_ns = 0;
};

/// A rule as configured while the events came.
struct RuleUnderTest {
  std::string name;
  std::string path;                            ///< of the target, which this rule alone delivers to
  std::function<bool(std::uint64_t)> matches;  ///< by the event's sequence number
};

/// A dead letter as the admin API lists it.
struct ListedDeadLetter {
  std::string rule;
  std::string id;
  std::string reason;
  std::uint64_t attempts = 0;
};

/// All that was seen from outside, when the targets are healthy again and nothing is pending.
struct Evidence {
  std::vector<loadtest::RequestOutcome> sent;        ///< what the publisher knows
  std::vector<loadtest::DeliveryRecord> deliveries;  ///< what the targets know
  std::vector<ListedDeadLetter> dead;
  std::vector<Failure> failures;  ///< in order
  std::vector<RuleUnderTest> rules;
  std::size_t data_bytes = 0;  ///< of each event: sample_data()
  /// A 2xx may be forgotten that came at most so long before a failure.
  std::uint64_t duplicate_window_ns = 500'000'000;
};

struct Judgement {
  std::uint64_t acknowledged = 0;       ///< events
  std::uint64_t unknown = 0;            ///< events whose publisher does not know
  std::uint64_t delivered = 0;          ///< (event, rule) pairs that got a 2xx
  std::uint64_t dead = 0;               ///< (event, rule) pairs listed as dead letters
  std::uint64_t duplicated = 0;         ///< 2xx beyond a pair's first
  std::uint64_t most_duplicated = 0;    ///< after any one failure
  std::uint64_t lost = 0;               ///< promised pairs neither delivered nor dead
  std::vector<std::string> violations;  ///< the first kViolationsKept of them; empty: the promises held
  std::uint64_t violation_count = 0;

  /// "acknowledged=… unknown=… delivered=… dead=… duplicated=… most_duplicated=… lost=…"
  std::string summary() const;
};

inline constexpr std::size_t kViolationsKept = 20;

/// The crash oracle: what "nothing lost" means, exactly.
///
/// 1. No loss: each acknowledged event got a 2xx from the target of each rule that matches it, or is among
/// that rule's
///    dead letters, with a reason and attempts.
/// 2. All or none: a request whose outcome the publisher does not know reaches all rules that match its
/// events, with
///    all of its events, or none.
/// 3. No invention: nothing is delivered or dead that was not sent or does not match; bodies are equal, ids
/// the same.
/// 4. Duplicates: another request after a 2xx only if a failure lay between and the 2xx came within
///    duplicate_window_ns before it (or while the dead daemon's last requests were still being read); one
///    more 2xx for each failure.  So a failure repeats at most what was finished within that window.
Judgement judge(const Evidence& evidence);

}  // namespace signalbox::crash
