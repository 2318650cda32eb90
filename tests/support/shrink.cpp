#include "support/shrink.hpp"

#include <utility>
#include <vector>

namespace signalbox::test {
namespace {

/// The object with the members of `inner` in place of one of its own.
JsonTree spliced(JsonTree object, std::size_t member, const JsonTree& inner) {
  object.members.erase(object.members.begin() + static_cast<std::ptrdiff_t>(member));
  object.members.insert(object.members.end(), inner.members.begin(), inner.members.end());
  return object;
}

/// All trees with one part less, larger changes first.
std::vector<JsonTree> smaller(const JsonTree& tree) {
  std::vector<JsonTree> out;
  for (std::size_t i = 0; i < tree.members.size(); ++i) {
    for (const auto& item : tree.members[i].value.items) out.push_back(spliced(tree, i, item));
    out.push_back(spliced(tree, i, tree.members[i].value));
  }
  for (const auto& item : tree.items) out.push_back(item);
  for (const auto& member : tree.members) out.push_back(member.value);
  for (std::size_t i = 0; i < tree.items.size(); ++i)
    out.emplace_back(tree).items.erase(out.back().items.begin() + static_cast<std::ptrdiff_t>(i));
  for (std::size_t i = 0; i < tree.members.size(); ++i)
    out.emplace_back(tree).members.erase(out.back().members.begin() + static_cast<std::ptrdiff_t>(i));
  for (std::size_t i = 0; i < tree.items.size(); ++i)
    for (auto& item : smaller(tree.items[i])) out.emplace_back(tree).items[i] = std::move(item);
  for (std::size_t i = 0; i < tree.members.size(); ++i)
    for (auto& value : smaller(tree.members[i].value))
      out.emplace_back(tree).members[i].value = std::move(value);
  return out;
}

bool shrink_part(PatternCase& failing, JsonTree PatternCase::*part,
                 const std::function<bool(const PatternCase&)>& fails) {
  for (auto& candidate : smaller(failing.*part)) {
    auto trial = failing;
    trial.*part = std::move(candidate);
    if ((trial.*part).kind != JsonTree::Kind::object || !fails(trial)) continue;
    failing = std::move(trial);
    return true;
  }
  return false;
}

}  // namespace

PatternCase shrink(PatternCase failing, const std::function<bool(const PatternCase&)>& fails) {
  while (shrink_part(failing, &PatternCase::event, fails) ||
         shrink_part(failing, &PatternCase::pattern, fails)) {
  }
  return failing;
}

}  // namespace signalbox::test
