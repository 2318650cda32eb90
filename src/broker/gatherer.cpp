#include "broker/gatherer.hpp"

#include <algorithm>
#include <chrono>

namespace signalbox::broker {

using std::chrono::duration_cast;
using std::chrono::microseconds;

namespace {

constexpr Duration kClockSlack = std::chrono::seconds(1);  // a clock that is set goes back so far without consequence

}  // namespace

Seq Gatherer::add(Member member, const Aggregate& how, ClosedGroups& closed) {
  close_until(member.accepted_at, closed);
  auto at = find(member.key);
  if (at != groups_.end()) {
    const auto& group = at->second.group;
    // An event behind the others of its group, which comes when the rule once took it without gathering, begins anew.
    const bool behind = member.seq <= group.members.back();
    if (behind || group.bytes + member.bytes > how.bytes) {
      close(at, Why::full, closed);
      at = groups_.end();
    }
  }
  if (at == groups_.end()) at = open(member, how);
  auto& group = at->second.group;
  group.members.push_back(member.seq);
  group.bytes += member.bytes;
  ++members_;
  const auto first = at->second.first();
  if (group.members.size() >= how.up_to || group.bytes >= how.bytes) close(at, Why::full, closed);
  else mark_changed(at);
  while (groups_.size() > kGroupsMost || members_ > kMembersMost) close(groups_.begin(), Why::crowded, closed);
  return first;
}

Gatherer::Groups::iterator Gatherer::find(std::string_view key) {
  const auto place = by_key_.find(std::string(key));
  return place == by_key_.end() ? groups_.end() : groups_.find(place->second);
}

Gatherer::Groups::iterator Gatherer::open(Member& member, const Aggregate& how) {
  Group group;
  group.ends = member.accepted_at + duration_cast<microseconds>(how.every);
  group.group.key = member.key;
  group.group.form = how.form;
  group.group.open = true;
  group.group.settings = how.fingerprint();
  const Place place{group.ends, member.seq};
  by_key_.emplace(std::move(member.key), place);
  return groups_.emplace(place, std::move(group)).first;
}

void Gatherer::mark_changed(Groups::iterator at) {
  if (at->second.changed) return;
  at->second.changed = true;
  changed_.push_back(at->first);
}

void Gatherer::close(Groups::iterator at, Why why, ClosedGroups& closed) {
  members_ -= at->second.group.members.size();
  by_key_.erase(at->second.group.key);
  at->second.group.open = false;
  closed.push_back(Closed{std::move(at->second), why});
  groups_.erase(at);
}

void Gatherer::close_until(WallTime now, ClosedGroups& closed) {
  while (!groups_.empty() && groups_.begin()->first.first <= now) close(groups_.begin(), Why::ended, closed);
}

void Gatherer::close_ended(WallTime now, Duration every, ClosedGroups& closed) {
  close_until(now, closed);
  const auto latest = now + duration_cast<microseconds>(every + kClockSlack);
  while (!groups_.empty() && groups_.rbegin()->first.first > latest)
    close(std::prev(groups_.end()), Why::ended, closed);
}

void Gatherer::close_all(Why why, ClosedGroups& closed) {
  while (!groups_.empty()) close(groups_.begin(), why, closed);
}

void Gatherer::restore(EventGroup group, WallTime ends, ClosedGroups& closed) {
  if (const auto same = find(group.key); same != groups_.end()) close(same, Why::settings, closed);
  Group restored;
  restored.ends = ends;
  restored.stored = true;
  restored.group = std::move(group);
  members_ += restored.group.members.size();
  const Place place{ends, restored.first()};
  by_key_.emplace(restored.group.key, place);
  groups_.emplace(place, std::move(restored));
}

std::optional<WallTime> Gatherer::next_end() const {
  if (groups_.empty()) return std::nullopt;
  return groups_.begin()->first.first;
}

std::optional<Seq> Gatherer::lowest() const {
  std::optional<Seq> lowest;
  for (const auto& [place, group] : groups_)
    if (!lowest || place.second < *lowest) lowest = place.second;
  return lowest;
}

}  // namespace signalbox::broker
