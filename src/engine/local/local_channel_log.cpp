#include "engine/local/local_channel_log.hpp"

#include <algorithm>
#include <cassert>
#include <functional>

#include "engine/local/journey.hpp"

namespace signalbox::engine::local {
namespace {

namespace asio = boost::asio;
using store::Batch;
using store::Durability;
using store::Family;
using store::Purpose;

constexpr std::size_t kOverheadPerEvent = 96;  // of a batch: key, header and matched rules

ChannelState state_of(const ChannelReader::Loaded& loaded) {
  ChannelState state;
  state.first_seq = loaded.checkpoint.first_seq;
  state.last_seq = loaded.last_seq;
  state.counted_to = loaded.checkpoint.counted_to;
  state.stored_bytes = loaded.bytes_appended - loaded.bytes_trimmed;
  return state;
}

Error senseless(const std::string& what) { return Error(Errc::invalid_argument, what); }

bool is_group(const std::vector<Seq>& members, Seq first) {
  const bool ascend = std::adjacent_find(members.begin(), members.end(), std::greater_equal<>()) == members.end();
  return !members.empty() && members.front() == first && ascend;
}

}  // namespace

LocalChannelLog::LocalChannelLog(store::Store& store, ReadPool& reads, ChannelRegistry::Lease lease, ChannelReader reader,
                                 ChannelReader::Loaded loaded, asio::any_io_executor executor)
    : store_(store),
      reads_(reads),
      lease_(std::move(lease)),
      reader_(std::move(reader)),
      channel_(reader_.channel()),
      port_(store, std::move(executor)),
      opened_(state_of(loaded)),
      checkpoint_(loaded.checkpoint),
      lanes_(std::move(loaded.lanes)),
      lanes_durable_(lanes_.size()),
      last_seq_(loaded.last_seq),
      committed_seq_(loaded.last_seq),
      bytes_appended_(loaded.bytes_appended),
      bytes_trimmed_(loaded.bytes_trimmed) {
  ++checkpoint_.generation;
}

Status LocalChannelLog::admit(Purpose purpose) const {
  if (failed_) return *failed_;
  return store_.admit(purpose);
}

Status LocalChannelLog::note(Status status) {
  if (!status && !failed_) failed_ = status.error();
  return status;
}

// --- lanes ---

std::optional<std::size_t> LocalChannelLog::find_lane(const LaneName& name) const {
  const auto is_it = [&](const LaneState& lane) { return lane.rule_name == name.rule && lane.target_name == name.target; };
  const auto found = std::find_if(lanes_.begin(), lanes_.end(), is_it);
  if (found == lanes_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - lanes_.begin());
}

LaneState& LocalChannelLog::add_lane(const LaneName& name, Batch& batch) {
  std::uint32_t last_rule = 0;
  std::optional<RuleId> rule;
  for (const auto& known : lanes_) {
    last_rule = std::max(last_rule, known.rule.value);
    if (known.rule_name == name.rule) rule = known.rule;
  }
  LaneState lane;
  lane.lane = lane.progress.lane = LaneId(static_cast<std::uint32_t>(lanes_.size() + 1));
  lane.rule = rule.value_or(RuleId(last_rule + 1));
  lane.rule_name = name.rule;
  lane.target_name = name.target;
  lane.created_at = lane.progress.watermark = last_seq_;
  write_lane(batch.begin_put(Family::lanes, lane_key(channel_, lane.lane)), lane);
  batch.end_put();
  return lanes_.emplace_back(std::move(lane));
}

asio::awaitable<Result<std::vector<LaneState>>> LocalChannelLog::bind(std::vector<LaneName> names) {
  if (auto status = admit(Purpose::upkeep); !status) co_return status.error();
  Batch batch;
  std::vector<std::size_t> bound;
  for (const auto& name : names) {
    auto lane = find_lane(name);
    if (!lane) lane = add_lane(name, batch).lane.value - 1;
    bound.push_back(*lane);
  }
  const auto newest = bound.empty() ? 0 : *std::max_element(bound.begin(), bound.end()) + 1;
  if (newest > lanes_durable_) {
    const auto count = lanes_.size();
    if (auto status = note(co_await port_.commit(std::move(batch), Durability::durable)); !status) co_return status.error();
    lanes_durable_ = std::max(lanes_durable_, count);
  }
  std::vector<LaneState> states;
  for (const auto lane : bound) states.push_back(lanes_[lane]);
  co_return states;
}

asio::awaitable<Result<std::vector<LaneState>>> LocalChannelLog::lanes() { co_return lanes_; }

// --- events ---

Batch LocalChannelLog::encode(const std::vector<std::shared_ptr<StoredEvent>>& events) {
  auto batch = port_.fresh_batch();
  std::size_t size = 0;
  for (const auto& event : events) size += event->event.record().size() + kOverheadPerEvent;
  batch.reserve(size);
  for (const auto& event : events) {
    event->seq = ++last_seq_;
    write_event(batch.begin_put(Family::events, event_key(channel_, event->seq)), *event, bytes_appended_);
    batch.end_put();
    bytes_appended_ += counted_bytes(event->event.record());
    if (index_.add(*event)) batch.put(Family::index, index_key(channel_, index_.segment()), index_.block());
  }
  return batch;
}

asio::awaitable<Result<AppendReceipt>> LocalChannelLog::append(std::vector<std::shared_ptr<StoredEvent>> events) {
  if (events.empty()) co_return senseless("an append without events");
  if (auto status = admit(Purpose::intake); !status) co_return status.error();
  const auto first = last_seq_ + 1;
  // An index begun in the middle of a segment, after opening, leaves that segment to be indexed behind.
  const bool followed = index_.follows(first);
  auto batch = encode(events);
  const auto last = events.back()->seq;
  auto status = note(co_await port_.commit(std::move(batch), Durability::durable));
  if (!status) co_return status.error();
  committed_seq_ = last;
  if (!followed && last >= last_of(segment_of(first))) index_behind(segment_of(first));
  AppendReceipt receipt;
  receipt.first_seq = first;
  receipt.last_seq = last;
  co_return receipt;
}

void LocalChannelLog::index_behind(std::uint64_t segment) {
  auto build = [reader = reader_, &store = store_, segment] {
    auto block = reader.build_index_block(segment);
    if (!block || !*block) return;  // whoever queries the segment meets the damage; without a block the log is searched
    Batch batch;
    batch.put(Family::index, index_key(reader.channel(), segment), **block);
    store.submit(std::make_unique<store::Commit>(std::move(batch), Durability::lazy, nullptr));
  };
  reads_.start(std::move(build));
}

asio::awaitable<Result<ReadPage>> LocalChannelLog::read(ReadRequest request) {
  if (request.from == 0 || request.max_events == 0) co_return senseless("a read from event 0, or of no events");
  request.to = std::min(request.to, committed_seq_);
  ReadPage nothing;
  nothing.next = request.from;
  if (request.from > request.to) co_return nothing;
  auto call = [reader = reader_, request] { return reader.read(request); };
  auto found = co_await reads_.run(std::move(call));
  if (!found) co_return found.error();
  const auto expected = std::max(request.from, checkpoint_.first_seq);  // it may have been trimmed meanwhile
  if (found->first_found == 0) found->page.next = std::min(expected, request.to + 1);
  const auto first = found->first_found == 0 ? request.to + 1 : found->first_found;
  if (first > expected)
    co_return Error(Errc::corrupt, "event " + std::to_string(expected) + " is missing from the log; restore the store "
                                   "from a backup");
  co_return std::move(found->page);
}

asio::awaitable<Result<std::vector<StoredEventPtr>>> LocalChannelLog::read_these(std::vector<Seq> seqs) {
  const auto is_gone = [this](Seq seq) { return seq < checkpoint_.first_seq || seq > committed_seq_; };
  std::erase_if(seqs, is_gone);
  auto call = [reader = reader_, wanted = seqs] { return reader.read_these(wanted); };
  auto found = co_await reads_.run(std::move(call));
  if (!found) co_return found.error();
  std::erase_if(seqs, is_gone);  // trimmed meanwhile
  if (found->size() < seqs.size())
    co_return Error(Errc::corrupt, "events are missing from the log; restore the store from a backup");
  co_return std::move(*found);
}

// --- settlements ---

Status LocalChannelLog::check(const Settlements& changes) const {
  if (changes.counted_to > last_seq_) return senseless("totals count events that do not exist");
  for (const auto& progress : changes.progress) {
    if (!is_lane(progress.lane)) return senseless("progress of lane " + std::to_string(progress.lane.value) + ", which is none");
    const auto& above = progress.finished_above;
    const auto newest = above.empty() ? progress.watermark : above.back();
    if (newest > last_seq_) return senseless("progress beyond the newest event");
    if (!std::is_sorted(above.begin(), above.end()) || (!above.empty() && above.front() <= progress.watermark))
      return senseless("finished events that are not ascending above the watermark");
  }
  for (const auto& retry : changes.put_retries) {
    if (!is_lane(retry.lane)) return senseless("a retry of lane " + std::to_string(retry.lane.value) + ", which is none");
    if (retry.group && !is_group(retry.group->members, retry.seq)) return senseless("a group that does not ascend from its retry's event");
  }
  for (const auto& letter : changes.put_dead) {
    if (!is_lane(letter.lane) || !letter.event.event.valid()) return senseless("a dead letter without a lane or an event");
    if (!letter.members.empty() && !is_group(letter.members, letter.seq)) return senseless("a group that does not ascend from its dead letter's event");
  }
  return ok();
}

void LocalChannelLog::put_checkpoint(Batch& batch) const {
  write_checkpoint(batch.begin_put(Family::lanes, checkpoint_key(channel_)), checkpoint_);
  batch.end_put();
}

Batch LocalChannelLog::encode(const Settlements& changes) {
  auto batch = port_.fresh_batch();
  checkpoint_.counted_to = std::max(checkpoint_.counted_to, changes.counted_to);
  put_checkpoint(batch);
  for (const auto& progress : changes.progress) {
    lanes_[progress.lane.value - 1].progress = progress;
    write_progress(batch.begin_put(Family::lanes, progress_key(channel_, progress.lane)), progress);
    batch.end_put();
  }
  for (const auto& key : changes.remove_retries) batch.erase(Family::retries, retry_key(channel_, key));
  for (const auto& retry : changes.put_retries) {
    const RetryKey key{retry.lane, retry.due, retry.seq};
    write_retry(batch.begin_put(Family::retries, retry_key(channel_, key)), retry);
    batch.end_put();
  }
  for (const auto& key : changes.remove_dead) batch.erase(Family::dead, dead_letter_key(channel_, key));
  for (const auto& letter : changes.put_dead) {
    const DeadLetterKey key{letter.seq, letter.lane};
    write_dead_letter(batch.begin_put(Family::dead, dead_letter_key(channel_, key)), letter);
    batch.end_put();
  }
  for (const auto& chunk : pack_journey(changes.journey, checkpoint_.first_seq)) {
    const auto number = std::uint64_t{checkpoint_.generation} << 32 | ++chunks_;
    batch.put(Family::journey, journey_key(channel_, chunk.segment, number), chunk.value);
  }
  return batch;
}

asio::awaitable<Status> LocalChannelLog::settle(Settlements changes) {
  if (auto status = admit(Purpose::upkeep); !status) co_return status;
  if (auto status = check(changes); !status) co_return status;
  co_return note(co_await port_.commit(encode(changes), Durability::lazy));
}

asio::awaitable<Result<DuePage>> LocalChannelLog::due(LaneId lane, WallTime from, WallTime now, std::size_t max) {
  if (!is_lane(lane)) co_return senseless("retries of lane " + std::to_string(lane.value) + ", which is none");
  auto call = [reader = reader_, lane, from, now, max] { return reader.due(lane, from, now, max); };
  co_return co_await reads_.run(std::move(call));
}

// --- questions ---

asio::awaitable<Result<EventPage>> LocalChannelLog::query(EventQuery query) {
  if (query.limit == 0) co_return senseless("a query for no events");
  auto call = [reader = reader_, query = std::move(query), first = checkpoint_.first_seq, last = committed_seq_] {
    return reader.query(query, first, last);
  };
  co_return co_await reads_.run(std::move(call));
}

asio::awaitable<Result<std::vector<JourneyEntry>>> LocalChannelLog::journey(Seq seq) {
  std::vector<JourneyEntry> nothing;
  if (seq < checkpoint_.first_seq) co_return nothing;
  auto call = [reader = reader_, seq] { return reader.journey(seq); };
  co_return co_await reads_.run(std::move(call));
}

asio::awaitable<Result<DeadLetterPage>> LocalChannelLog::dead_letters(DeadLetterQuery query) {
  if (query.limit == 0) co_return senseless("a query for no dead letters");
  auto call = [reader = reader_, query = std::move(query)] { return reader.dead_letters(query); };
  co_return co_await reads_.run(std::move(call));
}

asio::awaitable<Result<std::optional<DeadLetter>>> LocalChannelLog::dead_letter(DeadLetterKey key) {
  auto call = [reader = reader_, key] { return reader.dead_letter(key); };
  co_return co_await reads_.run(std::move(call));
}

// --- trimming ---

asio::awaitable<Result<Seq>> LocalChannelLog::trim(WallTime before, Seq keep_from) {
  if (auto status = admit(Purpose::upkeep); !status) co_return status.error();
  keep_from = std::min(keep_from, committed_seq_ + 1);
  // What was settled before is in the store when this is: the retries found are all there are for events below
  // keep_from, since a lane that has yet to finish one of those holds keep_from back.
  Batch barrier;
  if (auto status = note(co_await port_.commit(std::move(barrier), Durability::lazy)); !status) co_return status.error();
  auto call = [reader = reader_, first = checkpoint_.first_seq, before, keep_from] {
    return reader.find_trim_point(first, before, keep_from);
  };
  auto point = co_await reads_.run(std::move(call));
  if (!point) co_return point.error();
  if (point->first_seq <= checkpoint_.first_seq) co_return checkpoint_.first_seq;

  const auto old_first = checkpoint_.first_seq, first = point->first_seq;
  checkpoint_.first_seq = first;
  bytes_trimmed_ = point->bytes_trimmed;
  Batch batch;
  put_checkpoint(batch);
  const store::KeyRange gone = event_range(channel_, old_first, first - 1);
  batch.erase_range(Family::events, gone.from, gone.to);
  const auto segment = segment_of(first);
  if (segment_of(old_first) < segment) {
    batch.erase_range(Family::journey, Key(channel_).u64(segment_of(old_first)), Key(channel_).u64(segment));
    batch.erase_range(Family::index, index_key(channel_, segment_of(old_first)), index_key(channel_, segment));
  }
  if (auto status = note(co_await port_.commit(std::move(batch), Durability::durable)); !status) co_return status.error();
  auto reclaim = [&store = store_, gone] { return store.reclaim(Family::events, gone); };
  if (auto status = co_await reads_.run(std::move(reclaim)); !status) co_return status.error();
  co_return first;
}

}  // namespace signalbox::engine::local
