#include "pipeline/case_mapping.hpp"

#include <algorithm>

#include "event/characters.hpp"
#include "pipeline/case_tables.hpp"

namespace signalbox::pipeline {
namespace {

using case_tables::CaseExpansion;
using case_tables::CaseRange;

template <class Ranges, class Expansions>
std::string map(std::uint32_t code_point, const Ranges& ranges, const Expansions& expansions) {
  const auto expansion =
      std::lower_bound(expansions.begin(), expansions.end(), code_point,
                       [](const CaseExpansion& e, std::uint32_t c) { return e.code_point < c; });
  if (expansion != expansions.end() && expansion->code_point == code_point)
    return std::string(expansion->utf8);
  const auto range = std::lower_bound(ranges.begin(), ranges.end(), code_point,
                                      [](const CaseRange& r, std::uint32_t c) { return r.last < c; });
  if (range != ranges.end() && code_point >= range->first && (code_point - range->first) % range->stride == 0)
    code_point = static_cast<std::uint32_t>(static_cast<std::int32_t>(code_point) + range->delta);
  std::string out;
  event::append_code_point(out, code_point);
  return out;
}

}  // namespace

std::string to_lower(std::uint32_t code_point) {
  return map(code_point, case_tables::kToLower, case_tables::kToLowerExpanded);
}

std::string to_upper(std::uint32_t code_point) {
  return map(code_point, case_tables::kToUpper, case_tables::kToUpperExpanded);
}

}  // namespace signalbox::pipeline
