#include "pipeline/mismatch_text.hpp"

#include <set>

#include "event/codec.hpp"
#include "pipeline/utf8.hpp"

namespace signalbox::pipeline {
namespace {

constexpr std::size_t kValueMax = 60;    // bytes of one value that are shown
constexpr std::size_t kValuesMax = 240;  // and of several

std::string to_json_string(std::string_view text, std::size_t bytes_max) {
  std::string out;
  event::append_json_string(out, cut_text(text, bytes_max));
  return out;
}

bool is_there(std::span<const Leaf> leaves) {
  return !leaves.empty() && leaves.front().kind != Leaf::Kind::null_value;
}

}  // namespace

std::string cut_text(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return to_valid_utf8(text);
  std::size_t size = 0;
  while (size + utf8_length(text[size]) <= bytes_max) size += utf8_length(text[size]);
  return to_valid_utf8(text.substr(0, size)) + "…";
}

std::string quoted_text(std::string_view text) { return to_json_string(text, kMismatchTextMax); }

std::string found_value(std::span<const Leaf> leaves) {
  if (!is_there(leaves)) return "nothing";
  const auto& leaf = leaves.front();
  return leaf.kind == Leaf::Kind::string ? to_json_string(leaf.text, kValueMax)
                                         : cut_text(leaf.text, kValueMax);
}

std::string found_values(std::span<const std::uint32_t> attributes, const AttributeNames& names,
                         const FilterInput& input, std::span<const FieldId> fields) {
  std::string out;
  std::set<std::uint32_t> seen;
  for (const auto attribute : attributes) {
    if (!seen.insert(attribute).second) continue;
    if (!out.empty()) out += ", ";
    if (out.size() > kValuesMax) return out += "…";
    const auto leaves = input.leaves(fields[attribute]);
    out += cut_text(names[attribute], kValueMax);
    out += is_there(leaves) ? "=" + found_value(leaves) : " missing";
  }
  return out;
}

}  // namespace signalbox::pipeline
