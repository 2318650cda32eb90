#include "broker/rule_compiler.hpp"

#include <utility>

namespace signalbox::broker {

namespace asio = boost::asio;
using pipeline::Matcher;

namespace {

/// Fewer changes take less time than a hop to another thread and back.
constexpr std::size_t kCompiledHere = 16;
/// Smaller matchers are compacted in less than a millisecond.
constexpr std::size_t kCompactedHere = 128;

std::shared_ptr<const Matcher> compile_now(const std::shared_ptr<const Matcher>& matcher, RuleChanges changes) {
  if (!matcher) return std::make_shared<const Matcher>(std::move(changes.added));
  return matcher->changed(changes.removed, std::move(changes.added));
}

}  // namespace

RuleChanges changes_between(std::span<const Matcher::Rule> before, std::span<const Matcher::Rule> after) {
  RuleChanges changes;
  auto old = before.begin();
  for (const auto& rule : after) {
    for (; old != before.end() && old->id < rule.id; ++old) changes.removed.push_back(old->id);
    const bool known = old != before.end() && old->id == rule.id;
    if (!known || old->filter != rule.filter) changes.added.push_back(rule);
    if (known && old->filter != rule.filter) changes.removed.push_back(rule.id);
    if (known) ++old;
  }
  for (; old != before.end(); ++old) changes.removed.push_back(old->id);
  return changes;
}

asio::awaitable<std::shared_ptr<const Matcher>> RuleCompiler::compile(std::shared_ptr<const Matcher> matcher,
                                                                      RuleChanges changes) {
  const auto size = matcher ? matcher->size() : 0;
  if (changes.added.size() + changes.removed.size() <= kCompiledHere && size <= kCompactedHere)
    co_return compile_now(matcher, std::move(changes));
  auto work = [matcher = std::move(matcher), changes = std::move(changes)]() mutable {
    return compile_now(matcher, std::move(changes));
  };
  co_return co_await thread_.run(std::move(work));
}

}  // namespace signalbox::broker
