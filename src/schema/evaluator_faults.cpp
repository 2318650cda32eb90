// How the evaluator describes what does not fit.
#include <algorithm>
#include <array>
#include <bit>

#include "schema/evaluator.hpp"
#include "schema/fault_text.hpp"

namespace signalbox::schema {
namespace {

constexpr std::size_t kShownBytes = 60;
constexpr std::uint32_t kShownBranches = 4;

}  // namespace

std::string count_members(std::uint32_t count) {
  return std::to_string(count) + (count == 1 ? " member" : " members");
}

std::string quote_name(std::string_view name) { return "\"" + to_printable(name) + "\""; }

std::string_view dependency_keyword(Keyword keyword) {
  if (keyword == Keyword::dependent_required) return "dependentRequired";
  return keyword == Keyword::dependent_schemas ? "dependentSchemas" : "dependencies";
}

std::string to_pointer(const std::vector<Location>& locations, std::uint32_t id) {
  std::string out;
  for (; id != Location::kTop; id = locations[id].parent) out.insert(0, locations[id].steps);
  return out;
}

std::string describe_types(std::uint8_t types) {
  constexpr std::array<std::string_view, 7> kNames{"null",     "a boolean", "an integer", "a number",
                                                   "a string", "an array",  "an object"};
  if (types == 0) return "is not allowed";
  std::string out = "must be ";
  for (unsigned left = types; left != 0; left &= left - 1) {
    if (out.size() > 8) out += (left & (left - 1)) ? ", " : " or ";
    out += kNames[static_cast<std::size_t>(std::countr_zero(left))];
  }
  return out;
}

void Evaluator::add_fault(NodeId id, std::string_view keyword, TapeIndex value, std::string message) {
  auto where = to_pointer(program_.locations, program_.nodes[id].location);
  if (!keyword.empty()) (where += '/') += keyword;
  faults_->push_back(
      {SchemaFault::Kind::mismatch, tape_.pointer_to(value), std::move(where), std::move(message)});
}

/// The first thing wrong by each alternative.  Of alternatives within alternatives nothing: that could be
/// endless.
std::string Evaluator::describe_branches(const Instruction& instruction, TapeIndex value) {
  if (in_alternative_) return {};
  in_alternative_ = true;
  std::string out;
  auto* const outer = faults_;
  const auto base = tape_.pointer_to(value).size();
  for (std::uint32_t i = 0; i < std::min(instruction.b, kShownBranches); ++i) {
    std::vector<SchemaFault> faults;
    faults_ = &faults;
    check(program_.list[instruction.a + i], value, {});
    if (faults.empty()) continue;
    auto place = faults[0].pointer.substr(std::min(base, faults[0].pointer.size()));
    out += (out.empty() ? ": " : "; ") + (place.empty() ? std::string() : place + " ") + faults[0].message;
    if (out.size() > 4 * kShownBytes) break;
  }
  faults_ = outer;
  in_alternative_ = false;
  return out;
}

std::string Evaluator::show(const JsonTape& tape, TapeIndex value) const {
  auto text = to_printable(tape.json_of(value));
  if (text.size() <= kShownBytes) return text;
  text.resize(kShownBytes);
  return to_printable(text) + "...";
}

}  // namespace signalbox::schema
