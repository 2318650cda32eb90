#include <algorithm>
#include <span>

#include "engine/local/channel_reader.hpp"
#include "engine/local/segment_index.hpp"

namespace signalbox::engine::local {
namespace {

using store::Family;
using store::Order;
using store::Visit;

constexpr std::size_t kCandidatesMax = 4096;          // looked up before the index is asked for more
constexpr std::size_t kVerifiedMax = 64 * 1024;       // events read by one query
constexpr std::uint64_t kSegmentsMax = 64 * 1024;     // index blocks walked by one query

bool in_window(const EventQuery& query, WallTime accepted_at) {
  if (query.from != WallTime{} && accepted_at < query.from) return false;
  return query.to == WallTime{} || accepted_at < query.to;
}

bool matches(const EventQuery& query, const StoredEvent& event) {
  const auto same = [](const std::string& wanted, std::string_view found) { return wanted.empty() || wanted == found; };
  return in_window(query, event.accepted_at) && same(query.id, event.event.id()) &&
         same(query.source, event.event.source()) && same(query.type, event.event.type()) &&
         (query.subject.empty() || query.subject == event.event.value("subject"));
}

/// Events to look at, all of them or those of `seqs`; newest first.
struct Candidates {
  Seq first = 0, last = 0;
  bool all = false;        // `first` to `last` are not indexed
  std::vector<Seq> seqs;
};

}  // namespace

/// A query under way: from the newest event to the oldest.
struct ChannelReader::Search {
  const EventQuery& query;
  const AttributeHashes wanted;
  const Seq first_seq;
  Seq upper;                        // the newest event not yet looked at
  std::vector<Candidates> found;    // by the index, not yet looked at
  std::size_t verified = 0;
  std::uint64_t segments = 0;
  EventPage page;
  bool full = false;                // one more than the limit was found, or the bound of a query was reached

  void stop_before(Seq next_before) {
    page.next_before = next_before;
    full = true;
  }
};

/// Walks index blocks from `upper` down until there is enough to look at.  Segments without a block (the newest, which
/// is not whole yet) are to be searched in the log.
Status ChannelReader::collect_candidates(Search& search) const {
  search.found.clear();
  std::size_t count = 0;
  std::optional<Error> damage;
  const auto search_all = [&search](Seq first, Seq last) {
    if (first <= last) search.found.push_back({first, last, true, {}});
  };
  const auto visit = [&](std::string_view key, std::string_view value) {
    const auto segment = number_in(key, kChannelBytes, 8);
    const auto block = IndexBlock::read(segment, value);
    if (!block) {
      damage = damaged("index block " + std::to_string(segment) + " cannot be read");
      return Visit::stop;
    }
    if (last_of(segment) < search.upper) search_all(last_of(segment) + 1, search.upper);
    Candidates candidates{std::max(search.first_seq, first_of(segment)), std::min(search.upper, last_of(segment)), false, {}};
    const bool outside = (search.query.to != WallTime{} && block->earliest() >= search.query.to) ||
                         (search.query.from != WallTime{} && block->latest() < search.query.from);
    if (!outside) block->candidates(search.wanted, candidates.seqs);
    count += candidates.seqs.size();
    search.upper = candidates.first - 1;
    if (!candidates.seqs.empty()) search.found.push_back(std::move(candidates));
    return count >= kCandidatesMax || ++search.segments >= kSegmentsMax ? Visit::stop : Visit::go_on;
  };
  const store::KeyRange blocks{index_key(channel_, segment_of(search.first_seq)).string(),
                               end_of(index_key(channel_, segment_of(search.upper)))};
  if (auto status = store_->scan(Family::index, blocks, Order::descending, visit); !status) return status;
  if (damage) return *damage;
  if (count < kCandidatesMax && search.segments < kSegmentsMax) {  // the index has been walked to its end
    search_all(search.first_seq, search.upper);
    search.upper = search.first_seq - 1;
  }
  return ok();
}

Status ChannelReader::verify(Search& search, Seq seq) const {
  auto value = store_->get(Family::events, event_key(channel_, seq));
  if (!value) return value.error();
  if (!*value) return ok();  // trimmed meanwhile
  auto event = read_event(seq, **value);
  if (!event) return damaged("event " + std::to_string(seq) + " cannot be read");
  ++search.verified;
  if (!matches(search.query, *event)) return ok();
  if (search.page.events.size() == search.query.limit) search.stop_before(search.page.events.back()->seq);
  else search.page.events.push_back(std::make_shared<const StoredEvent>(std::move(*event)));
  return ok();
}

Status ChannelReader::search_log(Search& search, Seq first, Seq last) const {
  std::optional<Error> damage;
  const auto visit = [&](std::string_view key, std::string_view value) {
    const auto seq = parse_event_key(key);
    auto event = read_event(seq, value);
    if (!event) {
      damage = damaged("event " + std::to_string(seq) + " cannot be read");
      return Visit::stop;
    }
    if (matches(search.query, *event)) {
      if (search.page.events.size() == search.query.limit) search.stop_before(search.page.events.back()->seq);
      else search.page.events.push_back(std::make_shared<const StoredEvent>(std::move(*event)));
    }
    if (!search.full && ++search.verified >= kVerifiedMax && seq > search.first_seq) search.stop_before(seq);
    return search.full ? Visit::stop : Visit::go_on;
  };
  auto status = store_->scan(Family::events, event_range(channel_, first, last), Order::descending, visit);
  if (damage) return *damage;
  return status;
}

Result<EventPage> ChannelReader::query(const EventQuery& query, Seq first_seq, Seq last_seq) const {
  const Seq upper = query.before == 0 ? last_seq : std::min(last_seq, query.before - 1);
  Search search{query, AttributeHashes::of(query), first_seq, upper, {}, 0, 0, {}, false};
  while (!search.full && search.upper >= first_seq) {
    if (auto status = collect_candidates(search); !status) return status.error();
    for (const auto& candidates : search.found) {
      if (candidates.all) {
        if (auto status = search_log(search, candidates.first, candidates.last); !status) return status.error();
      }
      for (const Seq seq : candidates.seqs) {
        if (search.full) break;
        if (seq < candidates.first || seq > candidates.last) continue;
        if (auto status = verify(search, seq); !status) return status.error();
        if (!search.full && search.verified >= kVerifiedMax && seq > first_seq) search.stop_before(seq);
      }
      if (search.full) break;
    }
    if (!search.full && search.segments >= kSegmentsMax && search.upper >= first_seq) search.stop_before(search.upper + 1);
  }
  return std::move(search.page);
}

}  // namespace signalbox::engine::local
