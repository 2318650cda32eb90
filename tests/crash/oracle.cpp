#include "oracle.hpp"

#include <algorithm>
#include <optional>
#include <unordered_map>

#include "loadtest/event_token.hpp"
#include "loadtest/payload.hpp"

namespace signalbox::crash {
namespace {

using loadtest::EventToken;
using Kind = loadtest::RequestOutcome::Kind;

/// One request of the publisher: all of its events share a fate.
struct SentRequest {
  loadtest::RequestOutcome
      outcome;  // the best known: a resent request is acknowledged when one of its sends was
  std::uint64_t expected_pairs = 0;  // (event, rule) pairs that match
  std::uint64_t reached_pairs = 0;   // of them, delivered or dead
};

/// What became of one event at one rule.
struct Pair {
  std::uint64_t last_success_ns = 0;
  std::uint64_t successes = 0;
  std::size_t next_excuse = 0;  // failures before it have excused repetitions already
  bool dead = false;
  bool reached() const { return successes > 0 || dead; }
};

class Trial {
 public:
  explicit Trial(const Evidence& evidence)
      : evidence_(evidence),
        duplicates_of_failure_(evidence.failures.size(), 0),
        pairs_(evidence.rules.size()) {}

  Judgement judge() {
    hear_the_publisher();
    hear_the_targets();
    hear_the_dead_letters();
    weigh_requests();
    return std::move(judgement_);
  }

 private:
  static std::uint64_t key_of(std::uint32_t run, std::uint64_t sequence) {
    return (std::uint64_t{run} << 40) ^ sequence;  // sequences of a test stay far below 2^40
  }

  void violation(std::string text) {
    ++judgement_.violation_count;
    if (judgement_.violations.size() < kViolationsKept) judgement_.violations.push_back(std::move(text));
  }

  void hear_the_publisher() {
    for (const auto& outcome : evidence_.sent) {
      const auto known = request_of_.find(key_of(outcome.run, outcome.first));
      if (known != request_of_.end()) {
        if (outcome.kind == Kind::acknowledged) requests_[known->second].outcome = outcome;
        continue;
      }
      for (std::uint64_t i = 0; i < outcome.count; ++i) {
        request_of_[key_of(outcome.run, outcome.first + i)] = requests_.size();
      }
      requests_.push_back(SentRequest{outcome, 0, 0});
    }
  }

  /// The request that sent this id; nullptr when none did.
  const SentRequest* sender_of(const std::optional<EventToken>& token) const {
    if (!token) return nullptr;
    const auto found = request_of_.find(key_of(token->run, token->sequence));
    if (found == request_of_.end()) return nullptr;
    const auto& request = requests_[found->second];
    return request.outcome.due_ns == token->due_ns ? &request : nullptr;
  }

  std::optional<std::size_t> rule_at(const std::string& path) const {
    for (std::size_t i = 0; i < evidence_.rules.size(); ++i) {
      if (evidence_.rules[i].path == path) return i;
    }
    return std::nullopt;
  }

  std::optional<std::size_t> rule_named(const std::string& name) const {
    for (std::size_t i = 0; i < evidence_.rules.size(); ++i) {
      if (evidence_.rules[i].name == name) return i;
    }
    return std::nullopt;
  }

  /// The pair, after checking that it was sent and matches; nullptr, and a violation, when it was invented.
  Pair* pair_of(const std::string& id, std::optional<std::size_t> rule, const std::string& where) {
    const auto token = EventToken::parse(id);
    if (sender_of(token) == nullptr) {
      violation("invented: " + id + " at " + where + " was never sent");
      return nullptr;
    }
    if (!rule || !evidence_.rules[*rule].matches(token->sequence)) {
      violation("crossed: " + id + " at " + where + " does not match");
      return nullptr;
    }
    return &pairs_[*rule][key_of(token->run, token->sequence)];
  }

  void hear_the_targets() {
    auto deliveries = evidence_.deliveries;
    std::ranges::stable_sort(deliveries, {}, &loadtest::DeliveryRecord::at_ns);
    for (const auto& delivery : deliveries) {
      auto* pair = pair_of(delivery.id, rule_at(delivery.path), delivery.path);
      if (pair == nullptr) continue;
      check_body(delivery);
      if (delivery.attempt == 0) violation("attempt missing: " + delivery.id + " at " + delivery.path);
      if (pair->successes > 0) check_repetition(delivery, *pair);
      if (is_success(delivery)) count_success(delivery, *pair);
    }
  }

  static bool is_success(const loadtest::DeliveryRecord& delivery) {
    return delivery.status >= 200 && delivery.status < 300;
  }

  void count_success(const loadtest::DeliveryRecord& delivery, Pair& pair) {
    ++(pair.successes == 0 ? judgement_.delivered : judgement_.duplicated);
    ++pair.successes;
    pair.last_success_ns = delivery.at_ns;
  }

  void check_body(const loadtest::DeliveryRecord& delivery) {
    const auto sequence = EventToken::parse(delivery.id)->sequence;
    const auto expected = loadtest::body_hash(loadtest::sample_data(evidence_.data_bytes, sequence));
    if (delivery.body_hash != expected)
      violation("altered: the body of " + delivery.id + " at " + delivery.path);
  }

  /// The first failure from the `from`th on that lies between a 2xx of that time and this delivery, soon
  /// after the 2xx.
  std::optional<std::size_t> excuse_for(const loadtest::DeliveryRecord& delivery, std::uint64_t success_ns,
                                        std::size_t from) const {
    for (auto i = from; i < evidence_.failures.size(); ++i) {
      const auto& failure = evidence_.failures[i];
      const bool between = failure.struck_ns <= delivery.at_ns && success_ns <= failure.restarted_ns;
      if (between && success_ns + evidence_.duplicate_window_ns >= failure.struck_ns) return i;
    }
    return std::nullopt;
  }

  /// A request after a 2xx: some failure must excuse it, and each excuses one more 2xx.
  void check_repetition(const loadtest::DeliveryRecord& delivery, Pair& pair) {
    if (!excuse_for(delivery, pair.last_success_ns, 0)) {
      violation("repeated: " + delivery.id + " at " + delivery.path +
                " came again without a failure to excuse it");
      return;
    }
    if (!is_success(delivery)) return;
    // The earliest that is left: the later ones may be needed for what comes after.
    const auto excuse = excuse_for(delivery, pair.last_success_ns, pair.next_excuse);
    if (!excuse) {
      violation("storm: " + delivery.id + " at " + delivery.path +
                " came more than once again after one failure");
      return;
    }
    pair.next_excuse = *excuse + 1;
    judgement_.most_duplicated = std::max(judgement_.most_duplicated, ++duplicates_of_failure_[*excuse]);
  }

  void hear_the_dead_letters() {
    for (const auto& letter : evidence_.dead) {
      auto* pair = pair_of(letter.id, rule_named(letter.rule), "the dead letters of " + letter.rule);
      if (pair == nullptr) continue;
      if (pair->dead) violation("dead twice: " + letter.id + " of " + letter.rule);
      if (letter.reason.empty()) violation("no reason: dead letter " + letter.id + " of " + letter.rule);
      if (letter.attempts == 0) violation("no attempts: dead letter " + letter.id + " of " + letter.rule);
      pair->dead = true;
      ++judgement_.dead;
    }
  }

  void weigh_requests() {
    for (auto& request : requests_) {
      count_pairs(request);
      const auto& outcome = request.outcome;
      const bool promised = outcome.kind == Kind::acknowledged;
      (promised ? judgement_.acknowledged : judgement_.unknown) += outcome.count;
      if (promised || request.reached_pairs == 0 || request.reached_pairs == request.expected_pairs) continue;
      violation("torn: of the request that began with " + std::to_string(outcome.first) + " only " +
                std::to_string(request.reached_pairs) + " of " + std::to_string(request.expected_pairs) +
                " deliveries came");
    }
  }

  void count_pairs(SentRequest& request) {
    const auto& outcome = request.outcome;
    for (auto sequence = outcome.first; sequence < outcome.first + outcome.count; ++sequence) {
      for (std::size_t rule = 0; rule < evidence_.rules.size(); ++rule) {
        if (!evidence_.rules[rule].matches(sequence)) continue;
        ++request.expected_pairs;
        const auto found = pairs_[rule].find(key_of(outcome.run, sequence));
        if (found != pairs_[rule].end() && found->second.reached()) {
          ++request.reached_pairs;
        } else if (outcome.kind == Kind::acknowledged) {
          ++judgement_.lost;
          violation("lost: " + EventToken{outcome.run, sequence, outcome.due_ns}.text() + " for " +
                    evidence_.rules[rule].name);
        }
      }
    }
  }

  const Evidence& evidence_;
  Judgement judgement_;
  std::vector<SentRequest> requests_;
  std::unordered_map<std::uint64_t, std::size_t> request_of_;  // by run and sequence
  std::vector<std::uint64_t> duplicates_of_failure_;
  std::vector<std::unordered_map<std::uint64_t, Pair>> pairs_;  // by rule, then run and sequence
};

}  // namespace

std::string Judgement::summary() const {
  return "acknowledged=" + std::to_string(acknowledged) + " unknown=" + std::to_string(unknown) +
         " delivered=" + std::to_string(delivered) + " dead=" + std::to_string(dead) +
         " duplicated=" + std::to_string(duplicated) + " most_duplicated=" + std::to_string(most_duplicated) +
         " lost=" + std::to_string(lost);
}

Judgement judge(const Evidence& evidence) { return Trial(evidence).judge(); }

}  // namespace signalbox::crash
