// The tables of docs/filters.md that say which kinds of values an operator accepts, and what patterns say
// about arrays: every cell is tried.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "pipeline/filter.hpp"
#include "support/lone_filter.hpp"

namespace signalbox::pipeline {
namespace {

constexpr const char* kHeading = "### Missing, null, scalars, arrays, objects\n";

using Cells = std::vector<std::string>;

std::string documentation() {
  std::ifstream in(SIGNALBOX_SOURCE_DIR "/docs/filters.md");
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string trimmed(const std::string& cell) {
  const auto first = cell.find_first_not_of(" `"), last = cell.find_last_not_of(" `");
  return first == cell.npos ? "" : cell.substr(first, last - first + 1);
}

/// `| a | b |` without its outer bars.
Cells split_row(const std::string& line) {
  Cells cells;
  std::istringstream in(line.substr(1));
  for (std::string cell; std::getline(in, cell, '|');) cells.push_back(trimmed(cell));
  return cells;
}

/// The rows of the table, without its head: first the values, then a pattern in each.
std::vector<Cells> read_table(const std::string& text) {
  std::vector<Cells> rows;
  const auto begin = text.find(kHeading);
  if (begin == text.npos) return rows;
  std::istringstream in(text.substr(begin + std::string(kHeading).size()));
  for (std::string line; std::getline(in, line) && !line.starts_with('#');)
    if (line.starts_with('|')) rows.push_back(split_row(line));
  rows.erase(rows.begin(), rows.begin() + std::min<std::ptrdiff_t>(2, std::ssize(rows)));
  return rows;
}

/// "yes" or "no", or why it cannot be said; no value: the field is missing.
std::string answer(const std::string& pattern, const std::string& value) {
  const auto filter = compile_filter({FilterSpec::Kind::pattern, pattern});
  if (!filter) return filter.error().message;
  return test::matches_alone(**filter, value.empty() ? "{}" : R"({"a":)" + value + "}") ? "yes" : "no";
}

/// The cells that are not true, each with what is.
std::vector<std::string> faults_in(const std::vector<Cells>& rows) {
  std::vector<std::string> faults;
  for (std::size_t row = 1; row < rows.size(); ++row) {
    const auto& pattern = rows[row].at(0);
    if (rows[row].size() != rows[0].size()) faults.push_back(pattern + ": the number of cells");
    for (std::size_t column = 1; column < rows[row].size(); ++column) {
      const auto truth = answer(pattern, rows[0].at(column));
      if (rows[row][column] != truth) faults.push_back(pattern + " on " + rows[0][column] + ": " + truth);
    }
  }
  return faults;
}

TEST(TruthTable, every_cell_is_true) {
  const auto rows = read_table(documentation());
  ASSERT_GT(rows.size(), 20u);
  EXPECT_EQ(rows[0].size(), 10u);
  for (const auto& fault : faults_in(rows)) ADD_FAILURE() << fault;
}

TEST(TruthTable, every_example_of_a_pattern_and_an_event_is_true) {
  std::istringstream in(documentation());
  std::set<std::string> verdicts;
  for (std::string line; std::getline(in, line);) {
    const auto cells = line.starts_with('|') ? split_row(line) : Cells();
    if (cells.size() != 3 || (cells[2] != "matches" && cells[2] != "does not")) continue;
    const auto filter = compile_filter({FilterSpec::Kind::pattern, cells[0]});
    ASSERT_TRUE(filter) << cells[0];
    EXPECT_EQ(test::matches_alone(**filter, cells[1]) ? "matches" : "does not", cells[2]) << line;
    verdicts.insert(cells[2]);
  }
  EXPECT_EQ(verdicts.size(), 2u);
}

TEST(TruthTable, every_operator_has_a_row) {
  std::string patterns;
  for (const auto& row : read_table(documentation())) patterns += row.at(0);
  for (const char* name :
       {"exactly", "prefix", "suffix", "equals-ignore-case", "wildcard", "regex", "numeric", "cidr",
        "anything-but", "exists", "contains-all", "equals-set", "$or", "$and", "$not"})
    EXPECT_NE(patterns.find('"' + std::string(name) + '"'), patterns.npos) << name;
}

TEST(TruthTable, a_cell_that_is_not_true_is_found) {
  const auto rows = read_table(documentation());
  for (std::size_t row = 1; row < rows.size(); ++row)
    for (std::size_t column = 1; column < rows[row].size(); ++column) {
      auto wrong = rows;
      wrong[row][column] = rows[row][column] == "yes" ? "no" : "yes";
      EXPECT_EQ(faults_in({wrong[0], wrong[row]}).size(), 1u) << rows[row][0] << " " << rows[0][column];
    }
}

}  // namespace
}  // namespace signalbox::pipeline
