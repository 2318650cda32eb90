// The oracle must catch what it is there for: each test plants one fault into evidence that is otherwise
// faultless.
#include "oracle.hpp"

#include <gtest/gtest.h>

#include "loadtest/event_token.hpp"
#include "loadtest/payload.hpp"

namespace signalbox::crash {
namespace {

using loadtest::DeliveryRecord;
using loadtest::EventToken;
using loadtest::RequestOutcome;
using Kind = RequestOutcome::Kind;

constexpr std::uint32_t kRun = 5;
constexpr std::uint64_t kMs = 1'000'000;
constexpr std::size_t kDataBytes = 64;
constexpr std::uint64_t kDue = 77;

bool everything(std::uint64_t) { return true; }
bool odd(std::uint64_t sequence) { return sequence % 2 == 1; }

std::string id_of(std::uint64_t sequence) { return EventToken{kRun, sequence, kDue}.text(); }

class OracleTest : public testing::Test {
 protected:
  /// Events 0 to 3 acknowledged, 4 and 5 a batch of unknown outcome that arrived; a failure from 1000 to 2000
  /// ms. Rule "odd" has event 3 among its dead letters.
  OracleTest() {
    evidence.rules = {{"all", "/all", everything}, {"odd", "/odd", odd}};
    evidence.data_bytes = kDataBytes;
    evidence.failures = {{1000 * kMs, 2000 * kMs}};
    for (std::uint64_t sequence = 0; sequence < 4; ++sequence) send(Kind::acknowledged, sequence, 1);
    send(Kind::unknown, 4, 2);
    for (std::uint64_t sequence = 0; sequence < 6; ++sequence) {
      deliver("/all", sequence, 900 + sequence);
      if (odd(sequence) && sequence != 3) deliver("/odd", sequence, 900 + sequence);
    }
    evidence.dead = {{"odd", id_of(3), "attempts_exhausted", 5}};
  }

  void send(Kind kind, std::uint64_t first, std::uint64_t count) {
    evidence.sent.push_back(RequestOutcome{kind, kRun, first, count, 202, kDue, 100 * kMs});
  }
  void deliver(const std::string& path, std::uint64_t sequence, std::uint64_t at_ms, unsigned status = 204) {
    const auto hash = loadtest::body_hash(loadtest::sample_data(kDataBytes, sequence));
    evidence.deliveries.push_back(DeliveryRecord{at_ms * kMs, status, 1, path, id_of(sequence), hash});
  }
  void forget(const std::string& path, std::uint64_t sequence) {
    const auto is_it = [&](const DeliveryRecord& one) {
      return one.path == path && one.id == id_of(sequence);
    };
    std::erase_if(evidence.deliveries, is_it);
  }
  /// Exactly one violation, which begins with `kind`.
  void expect_violation(const std::string& kind) {
    const auto judgement = judge(evidence);
    ASSERT_EQ(judgement.violation_count, 1u) << testing::PrintToString(judgement.violations);
    EXPECT_TRUE(judgement.violations.front().starts_with(kind)) << judgement.violations.front();
  }

  Evidence evidence;
};

TEST_F(OracleTest, faultless_evidence_is_counted_and_passes) {
  const auto judgement = judge(evidence);
  EXPECT_EQ(judgement.violations, std::vector<std::string>());
  EXPECT_EQ(judgement.summary(),
            "acknowledged=4 unknown=2 delivered=8 dead=1 duplicated=0 most_duplicated=0 lost=0");
}

TEST_F(OracleTest, an_acknowledged_event_that_never_came_is_lost) {
  forget("/all", 2);
  expect_violation("lost");
  EXPECT_EQ(judge(evidence).lost, 1u);
}

TEST_F(OracleTest, an_event_one_of_its_rules_never_delivered_is_lost) {
  forget("/odd", 1);
  expect_violation("lost");
}

TEST_F(OracleTest, a_refusal_by_the_target_is_no_delivery) {
  forget("/all", 2);
  deliver("/all", 2, 950, 503);
  expect_violation("lost");
}

TEST_F(OracleTest, a_dead_letter_that_vanished_is_a_loss) {
  evidence.dead.clear();
  expect_violation("lost");
}

TEST_F(OracleTest, a_dead_letter_without_a_reason_or_attempts_is_told) {
  evidence.dead[0].reason = "";
  expect_violation("no reason");
  evidence.dead[0].reason = "rejected";
  evidence.dead[0].attempts = 0;
  expect_violation("no attempts");
}

TEST_F(OracleTest, a_batch_of_unknown_outcome_that_came_in_part_is_torn) {
  forget("/all", 4);
  expect_violation("torn");
}

TEST_F(OracleTest, an_unknown_event_that_reached_one_of_two_rules_is_torn) {
  forget("/odd", 5);
  expect_violation("torn");
}

TEST_F(OracleTest, an_unknown_request_that_never_came_is_fine) {
  for (const std::uint64_t sequence : {4u, 5u}) {
    forget("/all", sequence);
    forget("/odd", sequence);
  }
  EXPECT_EQ(judge(evidence).violation_count, 0u);
}

TEST_F(OracleTest, an_event_nobody_sent_is_invented) {
  deliver("/all", 6, 950);
  expect_violation("invented");
}

TEST_F(OracleTest, an_event_under_another_id_is_invented) {
  evidence.deliveries.front().id = EventToken{kRun, 0, kDue + 1}.text();
  const auto judgement = judge(evidence);
  EXPECT_EQ(judgement.violation_count, 2u);  // the stranger, and the one that it should have been
}

TEST_F(OracleTest, an_event_at_a_rule_that_does_not_match_it_has_crossed) {
  deliver("/odd", 2, 950);
  expect_violation("crossed");
}

TEST_F(OracleTest, an_event_at_a_path_of_no_rule_has_crossed) {
  deliver("/other-tenant", 2, 950);
  expect_violation("crossed");
}

TEST_F(OracleTest, a_changed_body_is_altered) {
  evidence.deliveries.front().body_hash ^= 1;
  expect_violation("altered");
}

TEST_F(OracleTest, a_delivery_repeated_after_the_failure_is_allowed_and_counted) {
  deliver("/all", 0, 2500);
  const auto judgement = judge(evidence);
  EXPECT_EQ(judgement.violations, std::vector<std::string>());
  EXPECT_EQ(judgement.duplicated, 1u);
}

TEST_F(OracleTest, a_delivery_read_after_the_blow_may_be_repeated_after_the_restart) {
  forget("/all", 0);
  deliver("/all", 0, 1010);  // the dead daemon's last request, still in the socket
  deliver("/all", 0, 2500);
  EXPECT_EQ(judge(evidence).violation_count, 0u);
}

TEST_F(OracleTest, a_delivery_repeated_without_a_failure_between_is_a_violation) {
  deliver("/all", 0, 950);
  expect_violation("repeated");
}

TEST_F(OracleTest, an_old_delivery_repeated_after_a_failure_is_a_violation) {
  evidence.failures = {{1500 * kMs, 2000 * kMs}};  // the 2xx came 600 ms before
  deliver("/all", 0, 2500);
  expect_violation("repeated");
}

TEST_F(OracleTest, more_than_one_repetition_after_one_failure_is_a_storm) {
  for (const std::uint64_t ms : {1500u, 1600u}) deliver("/all", 0, ms);  // while the restart was under way
  expect_violation("storm");
}

TEST_F(OracleTest, a_repetition_after_each_of_two_failures_is_allowed) {
  evidence.failures.push_back({2600 * kMs, 3000 * kMs});
  for (const std::uint64_t ms : {2500u, 3100u}) deliver("/all", 0, ms);
  const auto judgement = judge(evidence);
  EXPECT_EQ(judgement.violations, std::vector<std::string>());
  EXPECT_EQ(judgement.duplicated, 2u);
  EXPECT_EQ(judgement.most_duplicated, 1u);
}

TEST_F(OracleTest, a_repetition_read_after_the_next_blow_is_excused_by_the_first) {
  evidence.failures.push_back({2100 * kMs, 2500 * kMs});
  forget("/all", 0);
  // Answered amid the first restart, read again just after the second blow, and once more after the second
  // restart.
  for (const std::uint64_t ms : {1900u, 2110u, 2600u}) deliver("/all", 0, ms);
  EXPECT_EQ(judge(evidence).violations, std::vector<std::string>());
}

TEST_F(OracleTest, a_request_sent_again_is_acknowledged_when_one_of_its_sends_was) {
  send(Kind::acknowledged, 4, 2);
  forget("/all", 4);
  expect_violation("lost");
}

}  // namespace
}  // namespace signalbox::crash
