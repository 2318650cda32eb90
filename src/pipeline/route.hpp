#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "pipeline/event_text.hpp"
#include "pipeline/split.hpp"

namespace signalbox::pipeline {

/// When a rule takes an event that its filter wants: how it shares events with the other rules of its
/// channel.
struct Route {
  enum class Turn : std::uint8_t {
    any,        ///< whatever others do, its group aside
    otherwise,  ///< `else` of a channel: no rule before it takes the event
    last,       ///< `unrouted`: no rule at all takes the event
    never,      ///< not by matching: it is given its events otherwise
  };

  /// Of the rules of one group that want an event, the first takes it.  "": no group.
  std::string group;
  /// Its place in the group: the lowest is first.
  std::uint64_t position = 0;
  Turn turn = Turn::any;
  /// The share of the keys that it takes; nullptr: all.
  std::shared_ptr<const Split> split;
  /// Rules with the same choice are one rule to the event, that of whose `option` the text is; nullptr: no
  /// choice.
  std::shared_ptr<const EventText> choice;
  /// "": of what no other option is for.  Of the rules of a choice the matcher knows this one alone.
  std::string option;

  bool in_matcher() const { return turn != Turn::never && (!choice || option.empty()); }
  /// Whether its filter alone decides, or nothing here does.
  bool plain() const {
    return turn == Turn::never || (group.empty() && turn == Turn::any && !split && !choice);
  }
};

}  // namespace signalbox::pipeline
