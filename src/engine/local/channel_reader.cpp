#include "engine/local/channel_reader.hpp"

#include <algorithm>

#include "engine/local/journey.hpp"
#include "engine/local/segment_index.hpp"

namespace signalbox::engine::local {
namespace {

using store::Family;
using store::Order;
using store::Visit;

constexpr std::size_t kScannedBytesMax = std::size_t{16} << 20;  // of one read(): events that a rule did not match
constexpr std::size_t kLettersScannedMax = 20'000;

}  // namespace

Error ChannelReader::damaged(const std::string& what) const {
  return Error(Errc::corrupt, "channel " + name_ + ": " + what + "; restore the store from a backup");
}

Result<ChannelReader::Loaded> ChannelReader::load() const {
  Loaded loaded;
  std::optional<Error> damage;
  const auto read_family_lanes = [&](std::string_view key, std::string_view value) {
    const LaneId lane(static_cast<std::uint32_t>(number_in(key, kChannelBytes + 1, 4)));
    if (key == std::string_view(checkpoint_key(channel_))) {
      if (auto checkpoint = read_checkpoint(value)) loaded.checkpoint = *checkpoint;
      else damage = damaged("its checkpoint cannot be read");
    } else if (key == std::string_view(lane_key(channel_, lane))) {
      if (auto state = read_lane(lane, value)) loaded.lanes.push_back(std::move(*state));
      else damage = damaged("lane " + std::to_string(lane.value) + " cannot be read");
    } else {
      auto progress = read_progress(lane, value);
      const auto has_id = [lane](const LaneState& state) { return state.lane == lane; };
      const auto state = std::find_if(loaded.lanes.begin(), loaded.lanes.end(), has_id);
      if (progress && state != loaded.lanes.end()) state->progress = std::move(*progress);
      else damage = damaged("the position of lane " + std::to_string(lane.value) + " cannot be read");
    }
    return damage ? Visit::stop : Visit::go_on;
  };
  if (auto status = store_->scan(Family::lanes, all_under(Key(channel_)), Order::ascending, read_family_lanes); !status)
    return status.error();
  if (damage) return *damage;

  const auto first = loaded.checkpoint.first_seq;
  const store::KeyRange log{event_key(channel_, first).string(), end_of(Key(channel_))};
  loaded.last_seq = first - 1;
  const auto read_last = [&](std::string_view key, std::string_view value) {
    loaded.last_seq = parse_event_key(key);
    if (auto header = read_event_header(value)) loaded.bytes_appended = header->bytes_before + counted_bytes(header->record);
    else damage = damaged("event " + std::to_string(loaded.last_seq) + " cannot be read");
    return Visit::stop;
  };
  const auto read_first = [&](std::string_view key, std::string_view value) {
    const auto header = read_event_header(value);
    if (header) loaded.bytes_trimmed = header->bytes_before;
    if (!header || parse_event_key(key) != first) damage = damaged("event " + std::to_string(first) + " is missing");
    return Visit::stop;
  };
  if (auto status = store_->scan(Family::events, log, Order::descending, read_last); !status) return status.error();
  if (auto status = store_->scan(Family::events, log, Order::ascending, read_first); !status) return status.error();
  if (damage) return *damage;
  for (const auto& lane : loaded.lanes)
    if (std::max(lane.progress.watermark, lane.created_at) > loaded.last_seq)
      return damaged("the log ends at event " + std::to_string(loaded.last_seq) + ", but rule " + lane.rule_name +
                     " has come to " + std::to_string(std::max(lane.progress.watermark, lane.created_at)));
  return loaded;
}

Result<ChannelReader::EventsRead> ChannelReader::read(const ReadRequest& request) const {
  EventsRead answer;
  auto& page = answer.page;
  page.next = request.from;
  std::size_t bytes = 0, scanned = 0;
  std::optional<Error> damage;
  const auto take = [&](std::string_view key, std::string_view value) {
    const auto seq = parse_event_key(key);
    if (answer.first_found == 0) answer.first_found = seq;
    else if (seq != page.next) {
      damage = damaged("event " + std::to_string(page.next) + " is missing");
      return Visit::stop;
    }
    page.next = seq + 1;
    scanned += value.size();
    const auto header = read_event_header(value);
    if (header && request.matched_by && !is_matched(header->matched, *request.matched_by))
      return scanned >= kScannedBytesMax ? Visit::stop : Visit::go_on;
    auto event = header ? read_event(seq, value) : std::nullopt;
    if (!event) {
      damage = damaged("event " + std::to_string(seq) + " cannot be read");
      return Visit::stop;
    }
    page.events.push_back(std::make_shared<const StoredEvent>(std::move(*event)));
    bytes += value.size();
    return page.events.size() >= request.max_events || bytes >= request.max_bytes ? Visit::stop : Visit::go_on;
  };
  const auto range = event_range(channel_, request.from, request.to);
  if (auto status = store_->scan(Family::events, range, Order::ascending, take); !status) return status.error();
  if (damage) return *damage;
  return answer;
}

Result<std::vector<StoredEventPtr>> ChannelReader::read_these(const std::vector<Seq>& seqs) const {
  std::vector<StoredEventPtr> events;
  events.reserve(seqs.size());
  for (const auto seq : seqs) {
    auto value = store_->get(Family::events, event_key(channel_, seq));
    if (!value) return value.error();
    if (!*value) continue;
    auto event = read_event(seq, **value);
    if (!event) return damaged("event " + std::to_string(seq) + " cannot be read");
    events.push_back(std::make_shared<const StoredEvent>(std::move(*event)));
  }
  return events;
}

Result<DuePage> ChannelReader::due(LaneId lane, WallTime from, WallTime now, std::size_t max) const {
  DuePage page;
  std::optional<Error> damage;
  const auto take = [&](std::string_view key, std::string_view value) {
    const auto retry_key = parse_retry_key(key);
    if (retry_key.due > now || page.retries.size() >= max) {
      page.next_due = retry_key.due;
      return Visit::stop;
    }
    auto retry = read_retry(retry_key, value);
    if (!retry) {
      damage = damaged("the retry of event " + std::to_string(retry_key.seq) + " cannot be read");
      return Visit::stop;
    }
    page.retries.push_back(std::move(*retry));
    return Visit::go_on;
  };
  const store::KeyRange range{Key(channel_).u32(lane.value).time(from).string(), end_of(Key(channel_).u32(lane.value))};
  if (auto status = store_->scan(Family::retries, range, Order::ascending, take); !status) return status.error();
  if (damage) return *damage;
  return page;
}

Result<std::vector<JourneyEntry>> ChannelReader::journey(Seq seq) const {
  std::vector<JourneyEntry> entries;
  bool whole = true;
  const auto take = [&](std::string_view, std::string_view value) {
    whole = unpack_journey(value, seq, entries);
    return whole ? Visit::go_on : Visit::stop;
  };
  const auto range = all_under(Key(channel_).u64(segment_of(seq)));
  if (auto status = store_->scan(Family::journey, range, Order::ascending, take); !status) return status.error();
  if (!whole) return damaged("the journey of event " + std::to_string(seq) + " cannot be read");
  return entries;
}

Result<DeadLetterPage> ChannelReader::dead_letters(const DeadLetterQuery& query) const {
  DeadLetterPage page;
  std::optional<Error> damage;
  std::size_t scanned = 0;
  std::optional<DeadLetterKey> last_seen;
  const auto wanted = [&](const DeadLetterKey& key, const DeadLetterHead& head) {
    if (!query.lanes.empty() && std::find(query.lanes.begin(), query.lanes.end(), key.lane) == query.lanes.end()) return false;
    if (!query.reason.empty() && head.reason != query.reason) return false;
    if (query.from != WallTime{} && head.died_at < query.from) return false;
    return query.to == WallTime{} || head.died_at < query.to;
  };
  const auto take = [&](std::string_view bytes, std::string_view value) {
    const auto key = parse_dead_letter_key(bytes);
    const auto head = read_dead_letter_head(value);
    const bool take_it = head && wanted(key, *head);
    if (page.letters.size() >= query.limit ? take_it : scanned >= kLettersScannedMax) {
      page.next = page.letters.size() >= query.limit ? DeadLetterKey{page.letters.back().seq, page.letters.back().lane}
                                                     : *last_seen;
      return Visit::stop;
    }
    ++scanned;
    last_seen = key;
    if (head && !take_it) return Visit::go_on;
    auto letter = head ? read_dead_letter(key, value) : std::nullopt;
    if (!letter) {
      damage = damaged("the dead letter of event " + std::to_string(key.seq) + " cannot be read");
      return Visit::stop;
    }
    page.letters.push_back(std::move(*letter));
    return Visit::go_on;
  };
  auto range = all_under(Key(channel_));
  if (query.after) range.from = end_of(dead_letter_key(channel_, *query.after));
  if (auto status = store_->scan(Family::dead, range, Order::ascending, take); !status) return status.error();
  if (damage) return *damage;
  return page;
}

Result<std::optional<DeadLetter>> ChannelReader::dead_letter(DeadLetterKey key) const {
  auto value = store_->get(Family::dead, dead_letter_key(channel_, key));
  if (!value) return value.error();
  if (!*value) return std::optional<DeadLetter>();
  auto letter = read_dead_letter(key, **value);
  if (!letter) return damaged("the dead letter of event " + std::to_string(key.seq) + " cannot be read");
  return letter;
}

Result<Seq> ChannelReader::first_needed_by_retries(Seq below) const {
  Seq first = below;
  const auto look = [&](std::string_view key, std::string_view value) {
    if (!has_own_event(value)) first = std::min(first, parse_retry_key(key).seq);
    return Visit::go_on;
  };
  if (auto status = store_->scan(Family::retries, all_under(Key(channel_)), Order::ascending, look); !status)
    return status.error();
  return first;
}

Result<Seq> ChannelReader::first_accepted_from(Seq first, Seq end, WallTime before) const {
  // Whole segments by their index blocks, then the events of the one where it stops.
  std::optional<Error> damage;
  Seq from = first;
  const auto skip = [&](std::string_view key, std::string_view value) {
    const auto segment = number_in(key, kChannelBytes, 8);
    if (segment != segment_of(from) || last_of(segment) >= end) return Visit::stop;
    const auto block = IndexBlock::read(segment, value);
    if (!block || block->latest() >= before) return Visit::stop;
    from = last_of(segment) + 1;
    return Visit::go_on;
  };
  const store::KeyRange blocks{index_key(channel_, segment_of(first)).string(), index_key(channel_, segment_of(end)).string()};
  if (auto status = store_->scan(Family::index, blocks, Order::ascending, skip); !status) return status.error();
  const auto look = [&](std::string_view key, std::string_view value) {
    const auto header = read_event_header(value);
    if (!header) damage = damaged("event " + std::to_string(parse_event_key(key)) + " cannot be read");
    if (!header || header->accepted_at >= before) return Visit::stop;
    from = parse_event_key(key) + 1;
    return Visit::go_on;
  };
  if (from < end)
    if (auto status = store_->scan(Family::events, event_range(channel_, from, end - 1), Order::ascending, look); !status)
      return status.error();
  if (damage) return *damage;
  return from;
}

Result<ChannelReader::TrimPoint> ChannelReader::find_trim_point(Seq first_seq, WallTime before, Seq keep_from) const {
  auto end = first_needed_by_retries(keep_from);
  if (!end) return end.error();
  if (*end <= first_seq) return TrimPoint{first_seq, 0};
  auto first = first_accepted_from(first_seq, *end, before);
  if (!first) return first.error();
  if (*first == first_seq) return TrimPoint{first_seq, 0};
  auto last_gone = store_->get(Family::events, event_key(channel_, *first - 1));
  if (!last_gone) return last_gone.error();
  const auto header = *last_gone ? read_event_header(**last_gone) : std::nullopt;
  if (!header) return damaged("event " + std::to_string(*first - 1) + " is missing");
  return TrimPoint{*first, header->bytes_before + counted_bytes(header->record)};
}

Result<std::optional<std::string>> ChannelReader::build_index_block(std::uint64_t segment) const {
  SegmentIndex index;
  bool whole = false;
  const auto take = [&](std::string_view key, std::string_view value) {
    const auto event = read_event(parse_event_key(key), value);
    whole = event && index.add(*event);
    return event ? Visit::go_on : Visit::stop;
  };
  const auto range = event_range(channel_, first_of(segment), last_of(segment));
  if (auto status = store_->scan(Family::events, range, Order::ascending, take); !status) return status.error();
  if (!whole) return std::optional<std::string>();
  return std::optional<std::string>(index.block());
}

}  // namespace signalbox::engine::local
