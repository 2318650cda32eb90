#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "pipeline/filter.hpp"
#include "signalbox/event.hpp"
#include "signalbox/ids.hpp"

namespace signalbox::pipeline {

class FieldSet;
class MatcherSegment;

/// All rules of one channel, compiled together: one pass over the event says which rules match, in a time
/// that hardly depends on how many there are.
///
/// Immutable and thread-safe; a change makes a new one that shares what has not changed.  Rules are kept in
/// segments, each much smaller than the one before it, so that a change compiles only the small ones anew.
class Matcher {
 public:
  struct Rule {
    RuleId id;
    std::shared_ptr<const Filter> filter;
  };
  /// `rules`: each id once.
  explicit Matcher(std::vector<Rule> rules);
  ~Matcher();
  Matcher(const Matcher&) = delete;
  Matcher& operator=(const Matcher&) = delete;

  /// The same rules but for those `removed` (ids that are not there are ignored), and with those `added`,
  /// which may have the id of a rule that is removed.  Blocks for milliseconds, rarely (when it compacts) for
  /// as long as building all anew: not for an I/O thread when rules are many.
  std::shared_ptr<const Matcher> changed(std::span<const RuleId> removed, std::vector<Rule> added) const;

  /// Asks for the memory of the event that will be matched next, while another one is.
  static void expect(const Event& next);
  /// The rules that want the event, ascending; replaces what `matched` held.
  void match(const Event& event, std::vector<RuleId>& matched) const;

  std::size_t size() const;

 private:
  /// A segment, and which of its rules are gone.
  struct Part {
    std::shared_ptr<const MatcherSegment> segment;
    std::shared_ptr<const std::vector<bool>> removed;  ///< by place in the segment; nullptr: none
    std::size_t alive = 0;
  };
  Matcher(std::shared_ptr<const FieldSet> fields, std::vector<Part> parts);

  static Part without(const Part& part, std::span<const RuleId> ids);
  static void take_rules(const Part& part, std::vector<Rule>& out);

  std::shared_ptr<const FieldSet> fields_;
  std::vector<Part> parts_;  // largest first
};

}  // namespace signalbox::pipeline
