#include "pipeline/matcher.hpp"

#include <algorithm>
#include <cassert>

#include "pipeline/field_set.hpp"
#include "pipeline/filter_input.hpp"
#include "pipeline/matcher_segment.hpp"

namespace signalbox::pipeline {
namespace {

/// A segment is merged into the one before it when it has more than this part of its rules ...
constexpr std::size_t kSmallerBy = 8;
/// ... and at least so many: fewer cost nothing to compile again and again.
constexpr std::size_t kSmallSegment = 256;

struct Scratch {
  FilterInput input;
  MatcherSegment::Scratch segment;
};

Scratch& scratch_for_this_thread() {
  static thread_local Scratch scratch;
  return scratch;
}

}  // namespace

Matcher::Matcher(std::vector<Rule> rules) {
  auto fields = std::make_shared<FieldSet>();
  if (!rules.empty()) {
    const auto alive = rules.size();
    parts_.push_back({std::make_shared<const MatcherSegment>(std::move(rules), *fields), nullptr, alive});
  }
  fields_ = std::move(fields);
}

Matcher::Matcher(std::shared_ptr<const FieldSet> fields, std::vector<Part> parts)
    : fields_(std::move(fields)), parts_(std::move(parts)) {}

Matcher::~Matcher() = default;

Matcher::Part Matcher::without(const Part& part, std::span<const RuleId> ids) {
  std::shared_ptr<std::vector<bool>> removed;
  Part changed = part;
  for (const auto id : ids) {
    const auto place = part.segment->find(id);
    if (!place || (changed.removed && (*changed.removed)[*place])) continue;
    if (!removed) {
      removed = part.removed ? std::make_shared<std::vector<bool>>(*part.removed)
                             : std::make_shared<std::vector<bool>>(part.segment->size());
      changed.removed = removed;
    }
    (*removed)[*place] = true;
    --changed.alive;
  }
  return changed;
}

void Matcher::take_rules(const Part& part, std::vector<Rule>& out) {
  for (RuleIndex place = 0; place < part.segment->size(); ++place)
    if (!part.removed || !(*part.removed)[place]) out.push_back(part.segment->rule(place));
}

std::shared_ptr<const Matcher> Matcher::changed(std::span<const RuleId> removed,
                                                std::vector<Rule> added) const {
  std::vector<Part> parts;
  for (const auto& part : parts_) parts.push_back(without(part, removed));
  // What is mostly gone, and what is not much larger than what is added, is compiled anew with it.
  const auto merge = [&](std::size_t place) {
    take_rules(parts[place], added);
    parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(place));
  };
  for (auto place = parts.size(); place-- > 0;)
    if (parts[place].alive * 2 < parts[place].segment->size()) merge(place);
  while (!added.empty() && !parts.empty() &&
         parts.back().alive < std::max(kSmallSegment, added.size() * kSmallerBy))
    merge(parts.size() - 1);
  if (added.empty()) return std::shared_ptr<const Matcher>(new Matcher(fields_, std::move(parts)));
  const auto alive = added.size();
  auto fields = parts.empty() ? std::make_shared<FieldSet>() : std::make_shared<FieldSet>(*fields_);
  auto segment = std::make_shared<const MatcherSegment>(std::move(added), *fields);
  parts.push_back({std::move(segment), nullptr, alive});
  return std::shared_ptr<const Matcher>(new Matcher(std::move(fields), std::move(parts)));
}

std::size_t Matcher::size() const {
  std::size_t size = 0;
  for (const auto& part : parts_) size += part.alive;
  return size;
}

void Matcher::expect(const Event& next) { FilterInput::expect(next); }

void Matcher::match(const Event& event, std::vector<RuleId>& matched) const {
  matched.clear();
  if (parts_.empty()) return;
  auto& [input, scratch] = scratch_for_this_thread();
  input.fill(*fields_, event);
  for (const auto& part : parts_) part.segment->match(input, part.removed.get(), scratch, matched);
  if (matched.size() > 1) std::sort(matched.begin(), matched.end());
}

}  // namespace signalbox::pipeline
