#pragma once
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <span>
#include <vector>

#include "base/blocking_pool.hpp"
#include "pipeline/matcher.hpp"

namespace signalbox::broker {

/// What leads from one list of rules to another: a rule is the same when its id and its compiled filter are.
struct RuleChanges {
  std::vector<RuleId> removed;
  std::vector<pipeline::Matcher::Rule> added;
};
/// Both lists by id, ascending.
RuleChanges changes_between(std::span<const pipeline::Matcher::Rule> before,
                            std::span<const pipeline::Matcher::Rule> after);

/// Compiles the rules of channels, many of them on a thread of its own, so that neither a channel nor an I/O thread
/// waits.  Thread-safe.
class RuleCompiler {
 public:
  /// The rules of `matcher` (nullptr: none) after `changes`.
  boost::asio::awaitable<std::shared_ptr<const pipeline::Matcher>> compile(
      std::shared_ptr<const pipeline::Matcher> matcher, RuleChanges changes);

 private:
  base::BlockingPool thread_{1};
};

}  // namespace signalbox::broker
