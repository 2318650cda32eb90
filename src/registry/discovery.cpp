#include "registry/discovery.hpp"

#include <algorithm>
#include <utility>

#include "base/log.hpp"

namespace signalbox::registry {

namespace asio = boost::asio;
namespace log = base::log;

/// Closed, so that each version accepts whatever the one before did; small, as there may be many.
schema::InferenceOptions Discovery::inference_options() {
  schema::InferenceOptions options;
  options.objects = schema::ObjectModel::closed;
  options.limits.text_bytes = kSchemaTextMost;
  options.limits.members = 500;
  options.limits.shapes = 1'000;
  options.limits.name_bytes = 64 << 10;
  return options;
}

Discovery::Discovery(SchemaRegistry& registry, Clock& clock, DiscoveryOptions options)
    : registry_(registry),
      clock_(clock),
      options_(options),
      intervals_(std::make_shared<const Intervals>()),
      pool_(1) {}

bool Discovery::offer(const ChannelName& channel, const StoredEventPtr& event) {
  const auto bytes = event->event.record().size();
  if (bytes > options_.event_bytes) return false;
  const std::lock_guard lock(mutex_);
  if (queue_.size() >= options_.queued_events || queued_bytes_ + bytes > options_.queued_bytes) return false;
  queue_.push_back({channel, event});
  queued_bytes_ += bytes;
  return true;
}

asio::awaitable<void> Discovery::run() {
  for (;;) {
    co_await clock_.sleep_until(clock_.now() + options_.tick);
    co_await round();
  }
}

bool Discovery::has_nothing_to_do() {
  const std::lock_guard lock(mutex_);
  return queue_.empty() && changed_.empty();
}

asio::awaitable<void> Discovery::round() {
  if (has_nothing_to_do()) co_return;
  auto learning = [this] { return learn(); };
  auto due = co_await pool_.run(std::move(learning));
  for (auto& proposal : due) {
    Name name(proposal.tenant, proposal.name);
    const auto registration = co_await registry_.discover(std::move(proposal));
    note(name, registration);
  }
}

/// Takes in what is queued.  What is to be registered now.
std::vector<Proposal> Discovery::learn() {
  std::vector<Sample> samples;
  {
    const std::lock_guard lock(mutex_);
    samples.swap(queue_);
    queued_bytes_ = 0;
  }
  const auto registered = registry_.snapshot();
  for (const auto& sample : samples) learn(*registered, sample);
  std::erase_if(changed_, [&](const Name& name) { return is_foreign(*registered, name); });
  std::vector<Proposal> due;
  const auto now = clock_.now();
  for (const auto& name : changed_) {
    const auto& subject = subjects_.at(name);
    if (subject.next_at <= now) due.push_back({name.first, name.second, subject.shape.schema()});
  }
  return due;
}

/// Whether the name is a person's.
bool Discovery::is_foreign(const Snapshot& registered, const Name& name) {
  const auto there = registered.find(name.first, name.second);
  return there && !there->discovered;
}

void Discovery::learn(const Snapshot& registered, const Sample& sample) {
  Name name(sample.channel.tenant, sample.event->event.type());
  auto* subject = subject_of(registered, name);
  if (subject == nullptr || subject->foreign) return;
  const auto intervals = intervals_.load();
  if (const auto found = intervals->find(sample.channel); found != intervals->end())
    subject->interval = found->second;
  const auto changed = subject->shape.add(sample.event->event.data());
  if (changed && *changed) changed_.insert(std::move(name));
}

/// nullptr when there are too many.
Discovery::Subject* Discovery::subject_of(const Snapshot& registered, const Name& name) {
  const auto there = registered.find(name.first, name.second);
  auto found = subjects_.find(name);
  if (found == subjects_.end()) {
    auto& count = subjects_of_[name.first];
    if (count >= options_.types || !is_schema_name(name.second)) return nullptr;
    ++count;
    found = subjects_.emplace(name, Subject()).first;
    if (there) begin(found->second, *there);
  }
  auto& subject = found->second;
  if (is_foreign(registered, name)) {
    subject.foreign = true;
  } else if (!there && (subject.version != 0 || subject.foreign)) {  // it was deleted: from the beginning
    changed_.erase(name);
    subject = Subject();
  }
  return &subject;
}

/// Goes on from what is registered.
void Discovery::begin(Subject& subject, const RegisteredSchema& registered) {
  subject.version = registered.latest().number();
  if (!registered.discovered) return;
  auto shape = schema::InferredShape::from_schema(registered.latest().text(), inference_options());
  subject.foreign = !shape;
  if (shape) subject.shape = std::move(*shape);
}

void Discovery::note(const Name& name, const Result<Registration>& registration) {
  auto& subject = subjects_.at(name);
  const auto now = clock_.now();
  if (registration) {
    changed_.erase(name);
    subject.version = registration->version;
    subject.next_at = now + subject.interval;
    if (registration->created)
      log::info("schemas.discovered", "tenant={} schema={} version={}", name.first, log::quoted(name.second),
                registration->version);
    return;
  }
  // Of what was learnt nothing is lost: it is tried again, unless the name is a person's by now.
  subject.next_at = now + options_.after_failure;
  log::warn("schemas.discovery_refused", "tenant={} schema={} error={}", name.first, log::quoted(name.second),
            log::quoted(registration.error().message));
}

}  // namespace signalbox::registry
