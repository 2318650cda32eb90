// How a lane gathers events into groups, keeps the open ones in the log, and makes one delivery of each.
#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "base/log.hpp"
#include "broker/lane.hpp"
#include "delivery/dead_letter.hpp"
#include "event/codec.hpp"

namespace signalbox::broker {

namespace asio = boost::asio;
namespace log = base::log;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t kPage = 256;                    // of retries, when open groups are looked for
constexpr std::size_t kSpareBytes = 256 << 10;        // of the buffer that events are measured in
constexpr std::size_t kTransformedAtOnce = 64;        // events of a batch, then others of the channel have their turn
constexpr std::size_t kBatchEventsMost = 10'000;      // that the members of a batch become
constexpr std::size_t kBatchBytesMost = 64 << 20;
constexpr const char* kNoLongerThere = "the event is no longer in the log";

}  // namespace

// --- Gathering -------------------------------------------------------------------------------------------------------

/// Puts what has come in into groups, and closes those that have ended.
void Lane::gather() {
  if (paused_ || !settings_.aggregate) return;
  Gatherer::ClosedGroups closed;
  while (!queue_.empty()) gather_one(*take_from_queue(), closed);
  // Before the lane has caught up, events may come that were accepted within a group's time.
  if (caught_up()) gatherer_.close_ended(wall_now(), settings_.aggregate->every, closed);
  seal_all(std::move(closed));
}

/// From here on it is the group's record that says what is still to be done: the position moves past the event.
void Lane::gather_one(const StoredEvent& event, Gatherer::ClosedGroups& closed) {
  Gatherer::Member member;
  member.seq = event.seq;
  member.key = settings_.aggregate->key_of(event.event);
  member.accepted_at = event.accepted_at;
  json_.clear();
  event::append_json(json_, event.event);
  member.bytes = json_.size() + 1;  // and what stands between it and the next
  if (json_.capacity() > kSpareBytes) json_ = std::string();
  progress_.begin(event.seq);
  progress_.end(event.seq);
  counters_.gathered();
  AttemptRecord record;
  record.at = wall_now();
  record.error = std::to_string(gatherer_.add(std::move(member), *settings_.aggregate, closed));
  note(event.seq, JourneyEntry::Kind::gathered, 0, std::move(record));
  touch();
}

void Lane::seal_all(Gatherer::ClosedGroups closed) {
  for (auto& each : closed) seal(std::move(each));
  counters_.open_groups(gatherer_.groups());
}

/// The group goes to the retries, due now: it is delivered when it comes back from there, so that a crash on the way
/// repeats the very same delivery.
void Lane::seal(Gatherer::Closed closed) {
  auto& group = closed.group;
  counters_.group_closed();
  if (closed.why == Gatherer::Why::crowded) {
    counters_.group_closed_early();
    if (!std::exchange(told_crowded_, true))
      log::warn("aggregate.crowded", "tenant={} channel={} rule={} target={} groups={} events={}", world_.channel.tenant,
                world_.channel.channel, state_.rule_name, state_.target_name, gatherer_.groups(), gatherer_.members());
  }
  Retry retry;
  retry.lane = id();
  retry.seq = group.first();
  retry.due = retry.first_attempt = wall_now();
  if (group.stored) remove_retries_.push_back({id(), group.ends, group.first()});
  retry.group = std::move(group.group);
  retry.group->open = false;
  put_retries_.push_back(std::move(retry));
  touch();
}

/// The open groups that have changed go into the same settlement as the position that passes their members.
void Lane::collect_groups(Settlements& out) {
  gatherer_.take_changed([&](const Gatherer::Group& group) {
    Retry retry;
    retry.lane = id();
    retry.seq = group.first();
    retry.due = group.ends;
    retry.group = group.group;
    open_keys_.insert({id(), retry.due, retry.seq});
    out.put_retries.push_back(std::move(retry));
  });
}

/// After a start: the groups that were open are open again.
asio::awaitable<void> Lane::load_groups() {
  std::uint64_t left = counters_.totals().gathered;
  WallTime from{};
  std::set<Seq> seen;  // of those due at `from`
  while (left > 0) {
    auto page = co_await world_.log.due(id(), from, WallTime::max(), kPage + seen.size());
    if (!page) {
      co_await after_failed_read("groups", page.error());
      continue;
    }
    for (auto& retry : page->retries) {
      if (retry.due != from) seen.clear();
      from = retry.due;
      if (!seen.insert(retry.seq).second) continue;
      if (is_unattempted(retry)) left -= std::min<std::uint64_t>(left, retry.deliveries());
      if (retry.group && retry.group->open) reopen(std::move(retry));
    }
    if (!page->next_due) break;
  }
}

void Lane::reopen(Retry retry) {
  open_keys_.insert({id(), retry.due, retry.seq});
  Gatherer::ClosedGroups closed;
  const auto& how = settings_.aggregate;
  if (how && how->fingerprint() == retry.group->settings) {
    gatherer_.restore(std::move(*retry.group), retry.due, closed);
  } else {
    Gatherer::Group group;
    group.group = std::move(*retry.group);
    group.ends = retry.due;
    group.stored = true;
    closed.push_back({std::move(group), Gatherer::Why::settings});
  }
  seal_all(std::move(closed));
}

bool Lane::is_unattempted(const Retry& retry) { return retry.group && retry.attempts_made == 0 && !retry.event; }

/// What the retry stands for no longer waits among the retries.
void Lane::leave_index(const Retry& retry) {
  if (is_unattempted(retry)) counters_.ungathered(retry.deliveries());
  else counters_.retry_ended(retry.deliveries());
}

// --- Delivering ------------------------------------------------------------------------------------------------------

/// Reads the group's events: they become one event, or are a batch.
asio::awaitable<bool> Lane::load_group(Work& work) {
  const auto& group = *work.retry->group;
  std::vector<StoredEventPtr> events;
  for (;;) {
    auto found = co_await world_.log.read_these(group.members);
    if (found) {
      events = std::move(*found);
      break;
    }
    co_await after_failed_read(work.seq, found.error());
  }
  if (events.size() < group.members.size()) {
    log::warn("delivery.dropped", "tenant={} channel={} rule={} target={} seq={}", world_.channel.tenant,
              world_.channel.channel, state_.rule_name, state_.target_name, work.seq);
    leave_out_missing(work, events);
  }
  if (events.empty()) {
    end_empty(work);
    co_return false;
  }
  if (group.form == EventGroup::Form::batch) {
    work.together = true;
    work.event = events.front();
    work.members = std::move(events);
  } else {
    work.event = aggregate_of(events, group.key);
  }
  co_return true;
}

StoredEventPtr Lane::aggregate_of(const std::vector<StoredEventPtr>& members, std::string_view key) const {
  auto made = std::make_shared<StoredEvent>();
  made->seq = members.front()->seq;
  made->accepted_at = members.back()->accepted_at;
  made->matched = members.front()->matched;
  made->event = make_aggregate(world_.channel, configured_rule(state_.rule_name), key, members);
  return made;
}

/// What a rule that gathers delivers is always a group, be it of one: an event that was taken before the rule gathered,
/// or one that is redriven by itself.
void Lane::make_group_of(Work& work) const {
  const auto& how = *settings_.aggregate;
  if (!work.retry) return;
  if (how.form == EventGroup::Form::batch) {
    work.together = true;
    return;
  }
  EventGroup group;
  group.key = how.key_of(work.event->event);
  group.members = {work.seq};
  work.event = aggregate_of({work.event}, group.key);
  if (work.retry->event) work.retry->event = *work.event;
  work.retry->group = std::move(group);
}

/// Each event of a batch is transformed by itself; what cannot be does not keep the others back.
asio::awaitable<bool> Lane::transform_each(Work& work, const Change& change) {
  const auto& transformer = *change.transformer;
  AttemptRecord record;
  record.at = wall_now();
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < work.members.size(); ++i) {
    const auto& member = work.members[i];
    TransformResult result;
    if (transformer.is_pure()) result = result_of(transformer.apply(member->event, context_of(*member)));
    else result = co_await run_steps(*member, change);
    const auto* failure = std::get_if<Outcome>(&result);
    if (failure && failure->kind == Outcome::Kind::failed) {
      fail_transform(work, *failure, std::move(record));  // nobody was free to do it: all of it again, later
      co_return false;
    }
    if (failure) leave_out(work, {member, member->seq, failure->detail, {}});
    else bytes += take_made(work, member, std::move(std::get<pipeline::Transformed>(result)));
    if (work.made.size() > kBatchEventsMost || bytes > kBatchBytesMost) {
      const auto too_large = Outcome::rejected(0, "the batch would be of more than 10000 events, or 64 MiB");
      fail_transform(work, too_large, std::move(record));
      co_return false;
    }
    if (i % kTransformedAtOnce == kTransformedAtOnce - 1) co_await asio::post(world_.strand, asio::use_awaitable);
  }
  if (!work.made.empty()) co_return true;
  end_empty(work);
  co_return false;
}

/// What was made of a member joins the batch, or the member is left out of it.  How many bytes it is.
std::size_t Lane::take_made(Work& work, const StoredEventPtr& member, pipeline::Transformed made) {
  if (made.empty()) leave_out(work, {member, member->seq, {}, "the transform made no event of it"});
  else if (made.front().raw) leave_out(work, {member, member->seq, "a raw body cannot be part of a batch", {}});
  if (made.empty() || made.front().raw) return 0;
  std::size_t bytes = 0;
  for (auto& each : made) {
    bytes += each.event.record().size();
    work.made.push_back(std::move(each));
  }
  return bytes;
}

void Lane::leave_out(Work& work, LeftOut member) {
  if (work.left_out.empty()) work.rest = work.retry->group->members;
  const auto at = std::lower_bound(work.rest.begin(), work.rest.end(), member.seq);
  if (at != work.rest.end() && *at == member.seq) work.rest.erase(at);
  work.left_out.push_back(std::move(member));
}

void Lane::leave_out_missing(Work& work, const std::vector<StoredEventPtr>& found) {
  auto next = found.begin();
  for (const auto seq : work.retry->group->members) {
    if (next != found.end() && (*next)->seq == seq) ++next;
    else leave_out(work, {nullptr, seq, {}, kNoLongerThere});
  }
}

/// Nothing is left to be sent.
void Lane::end_empty(Work& work) {
  AttemptRecord record;
  record.at = wall_now();
  settle(work, delivery::Decision(), std::move(record));
}

/// The group has come to its end, and with it those of its members that did not go out.
void Lane::settle_left_out(const Work& work, std::uint32_t attempts_made, const AttemptRecord& record) {
  for (const auto& member : work.left_out) {
    AttemptRecord told;
    told.at = record.at;
    told.error = member.error.empty() ? member.reason : member.error;
    if (member.error.empty()) {
      counters_.dropped();
      note(member.seq, JourneyEntry::Kind::dropped, 0, std::move(told));
      continue;
    }
    log::warn("delivery.gave_up",
              "tenant={} channel={} rule={} target={} seq={} reason={} attempts={} status=0 error=\"see the dead letter\"",
              world_.channel.tenant, world_.channel.channel, state_.rule_name, state_.target_name, member.seq,
              delivery::reason::kTransformFailed, attempts_made);
    DeadLetter letter;
    letter.lane = id();
    letter.seq = member.seq;
    letter.died_at = wall_now();
    letter.reason = delivery::reason::kTransformFailed;
    letter.attempts_made = attempts_made;
    letter.first_attempt = record.at;
    letter.attempts.push_back(told);
    letter.event = *member.event;
    put_dead_.push_back(std::move(letter));
    counters_.dead();
    note(member.seq, JourneyEntry::Kind::dead, attempts_made, std::move(told));
  }
}

/// `letter`, but for what died: a group that was one event is one dead letter, of a batch each event is.
void Lane::bury(const Work& work, DeadLetter letter) {
  const auto seqs = work.going();
  counters_.dead(seqs.size());
  if (work.members.empty()) {
    if (work.retry && work.retry->group) letter.members.assign(seqs.begin(), seqs.end());
    letter.seq = seqs.front();
    letter.event = *work.event;
    put_dead_.push_back(std::move(letter));
    return;
  }
  for (const auto& member : work.members) {
    if (!std::binary_search(seqs.begin(), seqs.end(), member->seq)) continue;
    letter.seq = member->seq;
    letter.event = *member;
    put_dead_.push_back(letter);
  }
}

}  // namespace signalbox::broker
