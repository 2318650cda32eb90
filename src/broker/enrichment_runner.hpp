#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/wakeup.hpp"
#include "broker/enrichment_cache.hpp"
#include "broker/enrichment_figures.hpp"
#include "broker/target_gate.hpp"
#include "pipeline/transform_step.hpp"
#include "signalbox/channel_log.hpp"
#include "signalbox/clock.hpp"
#include "signalbox/enricher.hpp"

namespace signalbox::broker {

/// What became of a question, its answer shared with all who asked the same.
struct Enriched {
  Outcome outcome;
  std::shared_ptr<const EnrichmentAnswer> answer;  ///< of `delivered`
};

/// Asks a target on behalf of one step of one rule of a channel: keeps to the target's gate, tries again,
/// keeps answers, and lets equal questions that come at once be one.
///
/// All lanes of the rule share it, since they live on its strand.  Thread-safety: none; use it on that strand
/// only.
class EnrichmentRunner {
 public:
  /// What it asks through; a reload may replace it.
  struct Way {
    std::shared_ptr<Target> target;  ///< with an enricher
    std::shared_ptr<TargetGate> gate;
  };
  /// Whose it is, and what makes it another one.
  struct Name {
    ChannelName channel;
    std::string rule;         ///< as configured
    std::size_t step = 0;     ///< of the transform, from 0
    std::string identity;     ///< EnrichmentStep::identity()
    std::string fingerprint;  ///< TargetPlan::fingerprint()
    bool operator==(const Name&) const = default;
  };

  /// `clock` and `random`, which is the strand's, outlive it.
  EnrichmentRunner(boost::asio::any_io_executor strand, Clock& clock, std::mt19937_64& random, Name name,
                   pipeline::EnrichmentPolicy policy, Way way);

  const Name& name() const { return name_; }
  void set(Way way) { way_ = std::move(way); }

  /// The answer to `call`, which `step` made and judges.  Both outlive the call.
  ///
  /// Waits until `deadline` at most.  The outcome is `failed` when it may be another one later, with what the
  /// target wishes, and `rejected` or `disabled` when it would be the same. Cancellation: terminal; throws
  /// operation_aborted; another one who asks the same then asks in its place.
  boost::asio::awaitable<Enriched> ask(const pipeline::EnrichmentStep& step,
                                       const pipeline::EnrichmentCall& call, TimePoint deadline);

  /// When it is worth while to begin deliveries that need an answer; nullopt: now, or they can do without.
  std::optional<TimePoint> closed_until(TimePoint now) const;

  /// Thread-safe, and may outlive it.
  std::shared_ptr<const EnrichmentFigures> figures() const { return figures_; }

 private:
  /// A question under way that others wait for.
  struct Flight {
    explicit Flight(boost::asio::any_io_executor strand) : over(std::move(strand)) {}
    enum class End : std::uint8_t {
      under_way,
      shared,   ///< `enriched` is everybody's
      alone,    ///< the answer is only for who asked
      cut_off,  ///< who asked was stopped
    };
    End end = End::under_way;
    Enriched enriched;
    base::Wakeup over;
  };
  class Leading;

  boost::asio::awaitable<bool> wait_for(Flight& flight, TimePoint deadline);
  boost::asio::awaitable<Enriched> ask_for_all(const pipeline::EnrichmentStep& step,
                                               const pipeline::EnrichmentCall& call, TimePoint deadline);
  boost::asio::awaitable<Enriched> ask_until(const pipeline::EnrichmentStep& step,
                                             const pipeline::EnrichmentCall& call, TimePoint deadline);
  boost::asio::awaitable<Enriched> ask_once(const pipeline::EnrichmentStep& step,
                                            const EnrichmentRequest& request, unsigned attempt,
                                            TimePoint deadline);
  boost::asio::awaitable<EnrichmentReply> call(Target& target, const EnrichmentRequest& request,
                                               unsigned attempt, TimePoint deadline);
  boost::asio::awaitable<Outcome> acquire(TargetGate& gate, Permit& permit, TimePoint deadline);
  void keep(const std::string& key, Flight& flight);

  const boost::asio::any_io_executor strand_;
  Clock& clock_;
  std::mt19937_64& random_;
  const Name name_;
  const pipeline::EnrichmentPolicy policy_;
  Way way_;
  std::optional<EnrichmentCache> cache_;
  std::unordered_map<std::string, std::shared_ptr<Flight>>
      flights_;  // at most one for each attempt under way
  const std::shared_ptr<EnrichmentFigures> figures_;
};

/// Of a transform, by step; nullptr for steps that ask nobody.
using EnrichmentRunners = std::vector<std::shared_ptr<EnrichmentRunner>>;

}  // namespace signalbox::broker
