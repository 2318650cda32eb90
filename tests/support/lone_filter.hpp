#pragma once
#include <stdexcept>
#include <string_view>

#include "pipeline/filter.hpp"
#include "pipeline/filter_input.hpp"
#include "pipeline/filter_shape.hpp"

namespace signalbox::test {

/// Whether a filter alone matches any JSON object.
/// Throws std::invalid_argument when `event` is none.
inline bool matches_alone(const pipeline::Filter& filter, std::string_view event) {
  pipeline::FieldSet fields;
  for (const auto& path : filter.shape().fields) fields.add(path);
  pipeline::FilterInput input;
  if (const auto filled = input.fill_from_json(fields, event); !filled)
    throw std::invalid_argument(filled.error().message);
  return filter.matches(input);
}

}  // namespace signalbox::test
