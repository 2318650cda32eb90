#include "client/table.hpp"

#include <algorithm>

namespace signalbox::client {
namespace {

constexpr std::size_t kWidest = 60;

/// Cut between characters, not inside one.
std::string shown(const std::string& cell) {
  std::string out;
  std::size_t characters = 0;
  for (char c : cell) {
    const bool begins = (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    if (begins && ++characters > kWidest) return printable(out) + "...";
    out += c;
  }
  return printable(out);
}

std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

bool is_number(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out(text);
  std::replace_if(
      out.begin(), out.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '?');
  return out;
}

void print_table(std::ostream& out, const std::vector<std::string>& heading,
                 const std::vector<std::vector<std::string>>& rows,
                 const std::vector<std::string_view>& escapes) {
  std::vector<std::vector<std::string>> cells{heading};
  for (const auto& row : rows) {
    auto& line = cells.emplace_back();
    for (const auto& cell : row) line.push_back(shown(cell));
  }
  std::vector<std::size_t> widths(heading.size(), 0);
  std::vector<bool> numeric(heading.size(), !rows.empty());
  for (std::size_t r = 0; r < cells.size(); ++r)
    for (std::size_t c = 0; c < cells[r].size(); ++c) {
      widths[c] = std::max(widths[c], width_of(cells[r][c]));
      if (r > 0 && !is_number(cells[r][c])) numeric[c] = false;
    }
  for (std::size_t r = 0; r < cells.size(); ++r) {
    const auto& row = cells[r];
    std::string line;
    for (std::size_t c = 0; c < row.size(); ++c) {
      const std::string padding(widths[c] - width_of(row[c]), ' ');
      line += numeric[c] ? padding + row[c] : row[c] + padding;
      if (c + 1 < row.size()) line += "  ";
    }
    line.erase(line.find_last_not_of(' ') + 1);
    const auto escape = r > 0 && r <= escapes.size() ? escapes[r - 1] : std::string_view();
    out << escape << line << (escape.empty() ? "\n" : "\x1b[0m\n");
  }
}

}  // namespace signalbox::client
