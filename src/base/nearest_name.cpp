#include "base/nearest_name.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace signalbox::base {
namespace {

constexpr std::size_t kLongestName = 64;  // a longer one is no slip of the finger

std::string folded(std::string_view name) {
  std::string out(name);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c == '-') c = '_';
  }
  return out;
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit) {
  const std::size_t gap = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
  if (gap > limit) return limit + 1;
  std::array<std::vector<std::size_t>, 3> rows;  // row i lies in rows[i % 3]
  for (auto& row : rows) row.resize(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) rows[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    auto& row = rows[i % 3];
    const auto& above = rows[(i + 2) % 3];
    row[0] = i;
    std::size_t least = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replace = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, replace});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], rows[(i + 1) % 3][j - 2] + 1);
      least = std::min(least, row[j]);
    }
    if (least > limit + 1) return limit + 1;  // a swap may still save one
  }
  return std::min(rows[a.size() % 3][b.size()], limit + 1);
}

std::string_view nearest_name(std::string_view name, std::span<const std::string_view> known) {
  if (name.empty() || name.size() > kLongestName) return {};
  const std::string wanted = folded(name);
  std::size_t limit = std::max<std::size_t>(1, name.size() / 3);
  std::string_view best;
  for (std::string_view candidate : known) {
    if (candidate.empty() || candidate.size() > 2 * kLongestName) continue;
    const std::size_t distance = edit_distance(wanted, folded(candidate), limit);
    if (distance >= candidate.size()) continue;  // nothing in common
    if (distance < limit || (distance == limit && best.empty())) {
      best = candidate;
      limit = distance;
    }
    if (limit == 0) break;
  }
  return best;
}

}  // namespace signalbox::base
