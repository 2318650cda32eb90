#include "pipeline/alternatives.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace signalbox::pipeline {
namespace {

bool says_nothing(const Alternatives& alternatives) {
  return std::any_of(alternatives.begin(), alternatives.end(), [](const auto& a) { return a.empty(); });
}

std::size_t probe_count(const Alternatives& alternatives) {
  std::size_t count = 0;
  for (const auto& alternative : alternatives)
    for (const auto& requirement : alternative) count += requirement.probes.size();
  return count;
}

/// Adds a requirement, unless it says nothing new.
void add(std::vector<Requirement>& alternative, const Requirement& requirement) {
  const auto same_field = [&](const Requirement& other) { return other.field == requirement.field; };
  const auto any_value = [](const Requirement& other) { return other.probes.empty(); };
  if (requirement.probes.empty()) {
    if (std::any_of(alternative.begin(), alternative.end(), same_field)) return;
  } else {
    std::erase_if(alternative,
                  [&](const Requirement& other) { return same_field(other) && any_value(other); });
  }
  if (alternative.size() == kRequirementsMax) {
    const auto weakest = std::find_if(alternative.begin(), alternative.end(), any_value);
    if (weakest == alternative.end()) return;
    alternative.erase(weakest);
  }
  alternative.push_back(requirement);
}

/// Puts the probes of an alternative into another that asks for values of the same field, and nothing else.
bool merge(Alternatives& into, std::vector<Requirement>& alternative) {
  if (alternative.size() != 1 || alternative[0].probes.empty()) return false;
  auto& [field, probes] = alternative[0];
  for (auto& other : into) {
    if (other.size() != 1 || other[0].field != field || other[0].probes.empty()) continue;
    std::move(probes.begin(), probes.end(), std::back_inserter(other[0].probes));
    return true;
  }
  return false;
}

}  // namespace

Alternatives no_requirement() { return Alternatives(1); }

Alternatives require(std::size_t field, std::vector<Probe> probes) {
  Alternatives out(1);
  out[0].push_back({field, std::move(probes)});
  return out;
}

Alternatives both_of(Alternatives a, Alternatives b) {
  if (says_nothing(a)) return b;
  if (says_nothing(b)) return a;
  const bool too_many = a.size() * b.size() > kAlternativesMax ||
                        probe_count(a) * b.size() + probe_count(b) * a.size() > kProbesMax;
  if (too_many && a.size() * b.size() > 1) return a.size() <= b.size() ? a : b;  // one of them will do
  Alternatives out;
  for (const auto& x : a)
    for (const auto& y : b) {
      out.push_back(x);
      for (const auto& requirement : y) add(out.back(), requirement);
    }
  return out;
}

Alternatives either_of(Alternatives a, Alternatives b) {
  if (says_nothing(a) || says_nothing(b)) return no_requirement();
  for (auto& alternative : b)
    if (!merge(a, alternative)) a.push_back(std::move(alternative));
  return a.size() <= kAlternativesMax ? std::move(a) : no_requirement();
}

}  // namespace signalbox::pipeline
