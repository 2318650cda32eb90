#pragma once
#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/blocking_pool.hpp"
#include "base/published.hpp"
#include "registry/schema_registry.hpp"
#include "schema/inference.hpp"
#include "signalbox/clock.hpp"
#include "signalbox/event_sampler.hpp"

namespace signalbox::registry {

/// Bounds on what discovery holds and how often it acts.
struct DiscoveryOptions {
  std::size_t queued_events = 2'048;
  std::size_t queued_bytes = 16 << 20;
  std::size_t event_bytes = 256 << 10;  ///< events with more data are not learnt from
  std::size_t types = 1'000;            ///< of a tenant
  Duration tick = std::chrono::milliseconds(200);
  Duration after_failure = std::chrono::minutes(1);  ///< before a version that was refused is tried again
};

/// Makes schemas of the events that channels see, one for each type, and registers them under the type's
/// name.
///
/// A schema only widens.  It goes on from the version that is registered, after a restart too; what was
/// learnt since then is learnt again.  A name that a person has registered is left alone.
///
/// offer() is thread-safe; the rest belongs to one executor.
class Discovery final : public EventSampler {
 public:
  /// The time between two versions of a schema, at least, by the channels whose events are learnt from.
  using Intervals = std::map<ChannelName, Duration>;

  /// All of them outlive it.
  Discovery(SchemaRegistry& registry, Clock& clock, DiscoveryOptions options = {});

  /// Thread-safe.
  void set_intervals(Intervals intervals) {
    intervals_.store(std::make_shared<const Intervals>(std::move(intervals)));
  }

  bool offer(const ChannelName& channel, const StoredEventPtr& event) override;

  /// Learns and registers until it is cancelled.
  boost::asio::awaitable<void> run();
  /// One round of it: what is queued, and what is due.
  boost::asio::awaitable<void> round();

 private:
  using Name = std::pair<std::string, std::string>;  // tenant, type
  struct Sample {
    ChannelName channel;
    StoredEventPtr event;
  };
  /// What is known of one type.
  struct Subject {
    Subject() : shape(inference_options()) {}
    schema::InferredShape shape;
    std::uint32_t version = 0;  // registered of it; 0: none
    bool foreign = false;       // its name is a person's, or its schema none of ours
    Duration interval{};
    TimePoint next_at{};  // of the next version, at the earliest
  };

  static schema::InferenceOptions inference_options();
  bool has_nothing_to_do();
  std::vector<Proposal> learn();
  void learn(const Snapshot& registered, const Sample& sample);
  static bool is_foreign(const Snapshot& registered, const Name& name);
  Subject* subject_of(const Snapshot& registered, const Name& name);
  void begin(Subject& subject, const RegisteredSchema& registered);
  void note(const Name& name, const Result<Registration>& registration);

  SchemaRegistry& registry_;
  Clock& clock_;
  const DiscoveryOptions options_;
  base::Published<const Intervals> intervals_;

  std::mutex mutex_;
  std::vector<Sample> queue_;
  std::size_t queued_bytes_ = 0;

  // Of run(), and of the pool's thread while run() waits for it.
  std::map<Name, Subject> subjects_;
  std::map<std::string, std::size_t> subjects_of_;  // how many of each tenant
  std::set<Name> changed_;                          // since their last version
  base::BlockingPool pool_;
};

}  // namespace signalbox::registry
