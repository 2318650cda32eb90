#pragma once
#include <algorithm>
#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "signalbox/channel_log.hpp"
#include "support/memory_schemas.hpp"

namespace signalbox::test {

/// What a channel's log keeps: outlives MemoryLogs, as a disk outlives processes.
struct MemoryDisk {
  std::map<Seq, StoredEventPtr> events;
  Seq last_seq = 0;
  Seq counted_to = 0;
  std::vector<LaneState> lanes;
  std::map<RetryKey, Retry> retries;
  std::map<DeadLetterKey, DeadLetter> dead;
  std::vector<JourneyEntry> journey;
  std::size_t settles = 0;
  std::optional<Error> fail_appends;   ///< when set, append() answers it
  std::function<boost::asio::awaitable<void>()> read_delay;  ///< when set, pages of retries arrive so much later
};

/// A ChannelLog without a disk or threads: every call completes at once, so virtual time is exact.
class MemoryLog final : public ChannelLog {
 public:
  explicit MemoryLog(MemoryDisk& disk) : disk_(disk) {
    state_.first_seq = disk.events.empty() ? disk.last_seq + 1 : disk.events.begin()->first;
    state_.last_seq = disk.last_seq;
    state_.counted_to = disk.counted_to;
  }

  const ChannelState& opened_state() const override { return state_; }

  boost::asio::awaitable<Result<std::vector<LaneState>>> bind(std::vector<LaneName> names) override {
    std::vector<LaneState> bound;
    for (const auto& name : names) bound.push_back(lane(name));
    co_return bound;
  }
  boost::asio::awaitable<Result<std::vector<LaneState>>> lanes() override { co_return disk_.lanes; }

  boost::asio::awaitable<Result<AppendReceipt>> append(std::vector<std::shared_ptr<StoredEvent>> events) override {
    if (disk_.fail_appends) co_return *disk_.fail_appends;
    AppendReceipt receipt;
    receipt.first_seq = disk_.last_seq + 1;
    for (auto& event : events) {
      event->seq = ++disk_.last_seq;
      disk_.events.emplace(event->seq, event);
    }
    receipt.last_seq = disk_.last_seq;
    co_return receipt;
  }

  boost::asio::awaitable<Result<ReadPage>> read(ReadRequest request) override {
    ReadPage page;
    page.next = request.to + 1;
    for (auto at = disk_.events.lower_bound(request.from); at != disk_.events.end() && at->first <= request.to; ++at) {
      const auto& matched = at->second->matched;
      if (request.matched_by && std::find(matched.begin(), matched.end(), *request.matched_by) == matched.end()) continue;
      if (page.events.size() == request.max_events) {
        page.next = at->first;
        break;
      }
      page.events.push_back(at->second);
    }
    co_return page;
  }

  boost::asio::awaitable<Result<std::vector<StoredEventPtr>>> read_these(std::vector<Seq> seqs) override {
    std::vector<StoredEventPtr> events;
    for (const auto seq : seqs)
      if (const auto found = disk_.events.find(seq); found != disk_.events.end()) events.push_back(found->second);
    co_return events;
  }

  boost::asio::awaitable<Status> settle(Settlements changes) override {
    ++disk_.settles;
    disk_.counted_to = std::max(disk_.counted_to, changes.counted_to);
    for (auto& progress : changes.progress)
      for (auto& lane : disk_.lanes)
        if (lane.lane == progress.lane) lane.progress = progress;
    for (const auto& key : changes.remove_retries) disk_.retries.erase(key);
    for (auto& retry : changes.put_retries) disk_.retries.insert_or_assign(RetryKey{retry.lane, retry.due, retry.seq}, retry);
    for (const auto& key : changes.remove_dead) disk_.dead.erase(key);
    for (auto& letter : changes.put_dead) disk_.dead.insert_or_assign(DeadLetterKey{letter.seq, letter.lane}, letter);
    disk_.journey.insert(disk_.journey.end(), changes.journey.begin(), changes.journey.end());
    co_return ok();
  }

  boost::asio::awaitable<Result<DuePage>> due(LaneId lane, WallTime from, WallTime now, std::size_t max) override {
    DuePage page;
    for (auto at = disk_.retries.lower_bound(RetryKey{lane, from, 0}); at != disk_.retries.end() && at->first.lane == lane; ++at) {
      if (at->first.due > now || page.retries.size() == max) {
        page.next_due = at->first.due;
        break;
      }
      page.retries.push_back(at->second);
    }
    if (disk_.read_delay) co_await disk_.read_delay();
    co_return page;
  }

  boost::asio::awaitable<Result<EventPage>> query(EventQuery query) override {
    EventPage page;
    for (auto at = disk_.events.rbegin(); at != disk_.events.rend(); ++at) {
      const auto& event = *at->second;
      if (query.before != 0 && event.seq >= query.before) continue;
      if (!query.id.empty() && event.event.id() != query.id) continue;
      if (query.from != WallTime{} && event.accepted_at < query.from) continue;
      if (page.events.size() == query.limit) {
        page.next_before = page.events.back()->seq;
        break;
      }
      page.events.push_back(at->second);
    }
    co_return page;
  }

  boost::asio::awaitable<Result<std::vector<JourneyEntry>>> journey(Seq seq) override {
    std::vector<JourneyEntry> entries;
    for (const auto& entry : disk_.journey)
      if (entry.seq == seq) entries.push_back(entry);
    co_return entries;
  }

  boost::asio::awaitable<Result<DeadLetterPage>> dead_letters(DeadLetterQuery query) override {
    DeadLetterPage page;
    for (const auto& [key, letter] : disk_.dead) {
      if (query.after && !(*query.after < key)) continue;
      if (!query.lanes.empty() && std::find(query.lanes.begin(), query.lanes.end(), key.lane) == query.lanes.end()) continue;
      if (!query.reason.empty() && letter.reason != query.reason) continue;
      if (letter.died_at < query.from || (query.to != WallTime{} && letter.died_at >= query.to)) continue;
      if (page.letters.size() == query.limit) {
        page.next = DeadLetterKey{page.letters.back().seq, page.letters.back().lane};
        break;
      }
      page.letters.push_back(letter);
    }
    co_return page;
  }
  boost::asio::awaitable<Result<std::optional<DeadLetter>>> dead_letter(DeadLetterKey key) override {
    const auto found = disk_.dead.find(key);
    if (found == disk_.dead.end()) co_return std::optional<DeadLetter>();
    co_return std::optional<DeadLetter>(found->second);
  }

  boost::asio::awaitable<Result<Seq>> trim(WallTime before, Seq keep_from) override {
    for (const auto& [key, retry] : disk_.retries)
      if (!retry.event) keep_from = std::min(keep_from, key.seq);
    while (!disk_.events.empty() && disk_.events.begin()->first < keep_from && disk_.events.begin()->second->accepted_at < before)
      disk_.events.erase(disk_.events.begin());
    co_return disk_.events.empty() ? disk_.last_seq + 1 : disk_.events.begin()->first;
  }
  std::uint64_t stored_bytes() const override { return disk_.events.size(); }

 private:
  LaneState lane(const LaneName& name) {
    RuleId rule(1);
    for (const auto& known : disk_.lanes) {
      if (known.rule_name == name.rule && known.target_name == name.target) return known;
      rule.value = known.rule_name == name.rule ? known.rule.value : std::max(rule.value, known.rule.value + 1);
    }
    for (const auto& known : disk_.lanes)
      if (known.rule_name == name.rule) rule = known.rule;
    LaneState fresh;
    fresh.lane = LaneId(static_cast<std::uint32_t>(disk_.lanes.size() + 1));
    fresh.rule = rule;
    fresh.rule_name = name.rule;
    fresh.target_name = name.target;
    fresh.created_at = fresh.progress.watermark = disk_.last_seq;
    fresh.progress.lane = fresh.lane;
    disk_.lanes.push_back(fresh);
    return fresh;
  }

  MemoryDisk& disk_;
  ChannelState state_;
};

/// Opens MemoryLogs on disks that outlive it.
class MemoryEngine final : public Engine {
 public:
  explicit MemoryEngine(std::map<ChannelName, MemoryDisk>& disks) : disks_(disks) {}
  boost::asio::awaitable<Result<std::unique_ptr<ChannelLog>>> open(ChannelName name, boost::asio::any_io_executor) override {
    std::unique_ptr<ChannelLog> log = std::make_unique<MemoryLog>(disks_[name]);
    co_return log;
  }
  SchemaStore& schemas() override { return schemas_; }
  EngineStatus status() const override { return EngineStatus(); }

 private:
  std::map<ChannelName, MemoryDisk>& disks_;
  MemorySchemas schemas_;
};

}  // namespace signalbox::test
