#include "engine/local/records.hpp"

#include <algorithm>

#include "engine/local/bytes.hpp"

namespace signalbox::engine::local {
namespace {

enum : std::uint8_t { kHasEvent = 1, kHasGroup = 2 };
enum : std::uint8_t { kOpenGroup = 1, kBatchGroup = 2 };
constexpr std::uint8_t kLetterOfGroup = 0;  // in the place of died_at, which is never the beginning of 1970

void write_seqs(Writer& out, const std::vector<Seq>& seqs) {
  out.varint(seqs.size());
  for (Seq last = 0; const Seq seq : seqs) {
    out.varint(seq - last);
    last = seq;
  }
}

std::vector<Seq> read_seqs(Reader& in) {
  std::vector<Seq> seqs(in.count());
  for (Seq last = 0; auto& seq : seqs) seq = last += in.varint();
  return seqs;
}

void write_group(Writer& out, const EventGroup& group) {
  const bool batch = group.form == EventGroup::Form::batch;
  out.u8(static_cast<std::uint8_t>((group.open ? kOpenGroup : 0) | (batch ? kBatchGroup : 0)));
  out.text(group.key);
  out.varint(group.bytes);
  out.u64(group.settings);
  write_seqs(out, group.members);
}

EventGroup read_group(Reader& in) {
  EventGroup group;
  const auto flags = in.u8();
  group.open = (flags & kOpenGroup) != 0;
  group.form = flags & kBatchGroup ? EventGroup::Form::batch : EventGroup::Form::event;
  group.key = in.text();
  group.bytes = in.varint();
  group.settings = in.u64();
  group.members = read_seqs(in);
  return group;
}

void write_attempts(Writer& out, const std::vector<AttemptRecord>& attempts) {
  const auto kept = std::min(attempts.size(), kAttemptsKept);
  out.varint(kept);
  for (auto it = attempts.end() - static_cast<std::ptrdiff_t>(kept); it != attempts.end(); ++it) {
    out.time(it->at);
    out.zigzag(it->took.count());
    out.varint(it->status);
    out.text(it->error);
  }
}

std::vector<AttemptRecord> read_attempts(Reader& in) {
  std::vector<AttemptRecord> attempts(std::min(in.count(), kAttemptsKept));
  for (auto& attempt : attempts) {
    attempt.at = in.time();
    attempt.took = std::chrono::microseconds(in.zigzag());
    attempt.status = static_cast<std::uint16_t>(in.varint());
    attempt.error = in.text();
  }
  return attempts;
}

std::string encoded(const std::vector<RuleId>& rules) {
  std::string out;
  Writer writer(out);
  for (std::uint32_t last = 0; const auto rule : rules) {
    writer.varint(rule.value - last);
    last = rule.value;
  }
  return out;
}

}  // namespace

void write_event(std::string& out, const StoredEvent& event, std::uint64_t bytes_before) {
  Writer writer(out);
  writer.time(event.accepted_at);
  writer.varint(bytes_before);
  if (event.matched.empty()) writer.varint(0);
  else writer.text(encoded(event.matched));
  writer.rest(event.event.record());
}

std::optional<EventHeader> read_event_header(std::string_view value) {
  Reader in(value);
  EventHeader header;
  header.accepted_at = in.time();
  header.bytes_before = in.varint();
  header.matched = in.text();
  header.record = in.rest();
  if (!in.good()) return std::nullopt;
  return header;
}

bool is_matched(std::string_view matched, RuleId rule) {
  Reader in(matched);
  for (std::uint64_t last = 0; in.good() && !in.at_end();) {
    last += in.varint();
    if (last >= rule.value) return last == rule.value;
  }
  return false;
}

std::optional<StoredEvent> read_event(Seq seq, std::string_view value) {
  const auto header = read_event_header(value);
  if (!header) return std::nullopt;
  StoredEvent event;
  event.seq = seq;
  event.accepted_at = header->accepted_at;
  Reader in(header->matched);
  for (std::uint32_t last = 0; in.good() && !in.at_end();) event.matched.emplace_back(last += in.varint32());
  auto decoded = Event::from_record(std::string(header->record));
  if (!in.good() || !decoded) return std::nullopt;
  event.event = std::move(*decoded);
  return event;
}

void write_retry(std::string& out, const Retry& retry) {
  Writer writer(out);
  writer.u8(static_cast<std::uint8_t>((retry.event ? kHasEvent : 0) | (retry.group ? kHasGroup : 0)));
  writer.varint(retry.attempts_made);
  writer.time(retry.first_attempt);
  write_attempts(writer, retry.attempts);
  if (retry.group) write_group(writer, *retry.group);
  if (retry.event) write_event(out, *retry.event, 0);
}

std::optional<Retry> read_retry(const RetryKey& key, std::string_view value) {
  Reader in(value);
  Retry retry;
  retry.lane = key.lane;
  retry.seq = key.seq;
  retry.due = key.due;
  const auto flags = in.u8();
  retry.attempts_made = in.varint32();
  retry.first_attempt = in.time();
  retry.attempts = read_attempts(in);
  if (flags & kHasGroup) {
    retry.group = read_group(in);
    if (retry.group->members.empty() || retry.group->members.front() != key.seq) return std::nullopt;
  }
  if (flags & kHasEvent) {
    retry.event = read_event(key.seq, in.rest());
    if (!retry.event) return std::nullopt;
  }
  if (!in.good() || !in.at_end()) return std::nullopt;
  return retry;
}

bool has_own_event(std::string_view retry) { return !retry.empty() && (static_cast<std::uint8_t>(retry[0]) & kHasEvent); }

void write_dead_letter(std::string& out, const DeadLetter& letter) {
  Writer writer(out);
  if (!letter.members.empty()) {
    writer.u8(kLetterOfGroup);
    write_seqs(writer, letter.members);
  }
  writer.time(letter.died_at);
  writer.text(letter.reason);
  writer.varint(letter.attempts_made);
  writer.time(letter.first_attempt);
  write_attempts(writer, letter.attempts);
  write_event(out, letter.event, 0);
}

namespace {

/// Of a letter of a group; empty of others.  `in` stands at the beginning of `value`.
std::vector<Seq> read_members(Reader& in, std::string_view value) {
  if (value.empty() || static_cast<std::uint8_t>(value.front()) != kLetterOfGroup) return {};
  in.u8();
  return read_seqs(in);
}

}  // namespace

std::optional<DeadLetterHead> read_dead_letter_head(std::string_view value) {
  Reader in(value);
  DeadLetterHead head;
  read_members(in, value);
  head.died_at = in.time();
  head.reason = in.text();
  if (!in.good()) return std::nullopt;
  return head;
}

std::optional<DeadLetter> read_dead_letter(const DeadLetterKey& key, std::string_view value) {
  Reader in(value);
  DeadLetter letter;
  letter.seq = key.seq;
  letter.lane = key.lane;
  letter.members = read_members(in, value);
  letter.died_at = in.time();
  letter.reason = in.text();
  letter.attempts_made = in.varint32();
  letter.first_attempt = in.time();
  letter.attempts = read_attempts(in);
  auto event = read_event(key.seq, in.rest());
  if (!in.good() || !event) return std::nullopt;
  letter.event = std::move(*event);
  return letter;
}

void write_lane(std::string& out, const LaneState& lane) {
  Writer writer(out);
  writer.varint(lane.rule.value);
  writer.varint(lane.created_at);
  writer.text(lane.rule_name);
  writer.text(lane.target_name);
}

std::optional<LaneState> read_lane(LaneId id, std::string_view value) {
  Reader in(value);
  LaneState lane;
  lane.lane = lane.progress.lane = id;
  lane.rule = RuleId(in.varint32());
  lane.created_at = lane.progress.watermark = in.varint();
  lane.rule_name = in.text();
  lane.target_name = in.text();
  if (!in.good() || !in.at_end()) return std::nullopt;
  return lane;
}

void write_progress(std::string& out, const LaneProgress& progress) {
  Writer writer(out);
  writer.varint(progress.watermark);
  writer.varint(progress.finished_above.size());
  for (Seq last = progress.watermark; const Seq seq : progress.finished_above) {
    writer.varint(seq - last);
    last = seq;
  }
  const auto& totals = progress.totals;
  for (const auto total : {totals.matched, totals.delivered, totals.dead, totals.dropped, totals.retrying, totals.gathered})
    writer.varint(total);
}

std::optional<LaneProgress> read_progress(LaneId lane, std::string_view value) {
  Reader in(value);
  LaneProgress progress;
  progress.lane = lane;
  progress.watermark = in.varint();
  progress.finished_above.resize(in.count());
  for (Seq last = progress.watermark; auto& seq : progress.finished_above) seq = last += in.varint();
  auto& totals = progress.totals;
  for (auto* total : {&totals.matched, &totals.delivered, &totals.dead, &totals.dropped, &totals.retrying})
    *total = in.varint();
  if (!in.at_end()) totals.gathered = in.varint();  // format 1 ends here
  if (!in.good() || !in.at_end()) return std::nullopt;
  return progress;
}

void write_checkpoint(std::string& out, const Checkpoint& checkpoint) {
  Writer writer(out);
  writer.varint(checkpoint.first_seq);
  writer.varint(checkpoint.counted_to);
  writer.varint(checkpoint.generation);
}

std::optional<Checkpoint> read_checkpoint(std::string_view value) {
  Reader in(value);
  Checkpoint checkpoint;
  checkpoint.first_seq = in.varint();
  checkpoint.counted_to = in.varint();
  checkpoint.generation = in.varint32();
  if (!in.good() || !in.at_end()) return std::nullopt;
  return checkpoint;
}

}  // namespace signalbox::engine::local
