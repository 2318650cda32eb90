#pragma once
#include <optional>
#include <string_view>

namespace signalbox::pipeline {

/// The value by which patterns compare a JSON number, or nullopt when the number is not comparable.
///
/// A number is comparable when its decimal text is, as a value, what the nearest double prints as: `1`, `1.0`
/// and `1e0` are the same; `-0` is `0`.  `123456789012345678901`, `1e309` or `0.1234567890123456789` name a
/// value that no double holds and are comparable only with themselves, text with text.
///
/// `text` is a number by the grammar of RFC 8259.
std::optional<double> comparable_number(std::string_view text);

}  // namespace signalbox::pipeline
