#pragma once
#include <cstdint>
#include <string>

namespace signalbox::pipeline {

/// The lower-case form of one code point, alone and without a locale, as UTF-8: mostly one character ("i̇" for
/// U+0130).
std::string to_lower(std::uint32_t code_point);
/// The upper-case form; up to three characters ("SS" for U+00DF).
std::string to_upper(std::uint32_t code_point);

}  // namespace signalbox::pipeline
