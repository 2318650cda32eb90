#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "broker/aggregate.hpp"
#include "signalbox/channel_log.hpp"
#include "signalbox/clock.hpp"
#include "signalbox/ids.hpp"

namespace signalbox::broker {

/// The open groups of one lane: which event joins which, and when a group is closed.  A value of one strand.
///
/// It holds numbers of events and keys, never events.  Groups and members are bounded: beyond that the group that would
/// end first is closed before its time.
class Gatherer {
 public:
  static constexpr std::size_t kGroupsMost = 10'000;
  static constexpr std::size_t kMembersMost = 200'000;

  struct Group {
    EventGroup group;
    WallTime ends{};
    bool stored = false;   ///< the log has it, as it was at the last take_changed()
    bool changed = false;  ///< since then

    Seq first() const { return group.members.front(); }
  };
  /// Why a group was closed.
  enum class Why : std::uint8_t {
    full,      ///< as many events, or bytes, as may be
    ended,     ///< its time was over
    crowded,   ///< too many open groups
    settings,  ///< it was gathered by other settings
  };
  struct Closed {
    Group group;
    Why why = Why::full;
  };
  using ClosedGroups = std::vector<Closed>;

  struct Member {
    Seq seq = 0;
    std::string key{};
    std::size_t bytes = 0;
    WallTime accepted_at{};
  };
  /// Takes the next event of the log: closes what ended before it was accepted, opens a group if none of its key is
  /// open, and closes it if that is all it may hold.  What is closed is added to `closed`.  The first member of the
  /// group that it joined.
  Seq add(Member member, const Aggregate& how, ClosedGroups& closed);

  /// Closes the groups whose time is over, and those that would wait much longer than `every` because the clock was put
  /// back.
  void close_ended(WallTime now, Duration every, ClosedGroups& closed);
  void close_all(Why why, ClosedGroups& closed);

  /// An open group as the log has it.  One of its key that is open already is closed.
  void restore(EventGroup group, WallTime ends, ClosedGroups& closed);

  /// When the next group ends; nullopt when none is open.
  std::optional<WallTime> next_end() const;
  /// The lowest number of a member; nullopt when no group is open.
  std::optional<Seq> lowest() const;
  std::size_t groups() const { return groups_.size(); }
  std::size_t members() const { return members_; }

  /// Calls `visit` with each group that has changed since the last time; it counts as stored from then on.
  template <class Visit>
  void take_changed(Visit visit) {
    for (const auto& place : std::exchange(changed_, {})) {
      const auto at = groups_.find(place);
      if (at == groups_.end() || !at->second.changed) continue;
      visit(std::as_const(at->second));
      at->second.changed = false;
      at->second.stored = true;
    }
  }

 private:
  using Place = std::pair<WallTime, Seq>;  // when it ends, and its first member
  using Groups = std::map<Place, Group>;

  Groups::iterator find(std::string_view key);
  Groups::iterator open(Member& member, const Aggregate& how);
  void mark_changed(Groups::iterator at);
  void close_until(WallTime now, ClosedGroups& closed);
  void close(Groups::iterator at, Why why, ClosedGroups& closed);

  Groups groups_;
  std::unordered_map<std::string, Place> by_key_;
  std::vector<Place> changed_;
  std::size_t members_ = 0;
};

}  // namespace signalbox::broker
