#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "pipeline/route.hpp"
#include "signalbox/event.hpp"
#include "signalbox/ids.hpp"

namespace signalbox::pipeline {

/// Of the rules whose filters want an event, those that take it: a pure function of the event and these
/// rules, run right after matching, so that what the log keeps is final.
///
/// Immutable and thread-safe.
class Router {
 public:
  struct Rule {
    RuleId id;
    Route route;
  };

  /// `rules`: each id once, those not named being plain; of a choice the rule without an option among them.
  /// nullptr when all are plain and there is nothing to decide.
  static std::shared_ptr<const Router> make(std::vector<Rule> rules);

  /// Takes those rules out of `matched` (ascending) that do not take the event, and puts in what a choice
  /// leads to.
  void route(const Event& event, std::vector<RuleId>& matched) const;

  /// A rule that its filter would let take the event, and why it does not.
  struct Loss {
    enum class Why : std::uint8_t {
      group,      ///< `winner`, a rule before it in its group, takes it
      otherwise,  ///< `winner` takes it, and this rule is for what nobody takes
      split,      ///< its key is not in the rule's share
      choice,     ///< the choice leads to `winner`
    };
    RuleId rule;
    Why why = Why::group;
    RuleId winner{};  ///< of all but split
  };
  /// What route() would take out.
  std::vector<Loss> losses(const Event& event, std::vector<RuleId> matched) const;

 private:
  struct Entry {
    std::uint32_t group = 0;  // 0: none
    std::uint32_t place = 0;  // among all rules with a group, by group and then by position
    Route::Turn turn = Route::Turn::any;
    std::shared_ptr<const Split> split;
    std::uint32_t choice = 0;  // one more than its index; 0: none
  };
  /// Rules of which an event has one.
  struct Choice {
    std::shared_ptr<const EventText> text;
    std::vector<std::pair<std::string, RuleId>> options;  // by name
    RuleId otherwise;

    RuleId of(const Event& event) const;
  };

  explicit Router(const std::vector<Rule>& rules);
  void add_choices(const std::vector<Rule>& rules);
  void add_groups(const std::vector<Rule>& rules);
  const Entry& entry(RuleId id) const { return id.value < entries_.size() ? entries_[id.value] : plain_; }
  /// Calls `lost` for each rule that it takes out, before it does.
  template <class Lost>
  void sift(const Event& event, std::vector<RuleId>& matched, Lost lost) const;
  template <class Lost>
  void keep_shares(const Event& event, std::vector<RuleId>& matched, Lost lost) const;
  template <class Lost>
  void choose(const Event& event, std::vector<RuleId>& matched, Lost lost) const;
  template <class Lost>
  void keep_first_of_groups(std::vector<RuleId>& matched, Lost lost) const;
  template <class Lost>
  void keep_best_turn(std::vector<RuleId>& matched, Lost lost) const;

  std::vector<Entry> entries_;  // by RuleId
  std::vector<Choice> choices_;
  bool has_splits_ = false;
  Entry plain_;
};

}  // namespace signalbox::pipeline
