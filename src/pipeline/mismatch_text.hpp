#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "pipeline/attribute_names.hpp"
#include "pipeline/filter_input.hpp"

namespace signalbox::pipeline {

// The words of a Mismatch: one line each, valid UTF-8.
constexpr std::size_t kMismatchTextMax = 120;  ///< bytes of a condition that are shown

/// The beginning of `text`, and "…" when that is not all.
std::string cut_text(std::string_view text, std::size_t bytes_max);

/// `text` as a JSON string, cut.
std::string quoted_text(std::string_view text);

/// An attribute's value as JSON, cut: "\"DE\"", "42"; "nothing" when it is not there.
std::string found_value(std::span<const Leaf> leaves);

/// The values of attributes, by their numbers in `names` and `fields`, each once: `type="x", subject
/// missing`.
std::string found_values(std::span<const std::uint32_t> attributes, const AttributeNames& names,
                         const FilterInput& input, std::span<const FieldId> fields);

}  // namespace signalbox::pipeline
