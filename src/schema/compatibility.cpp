#include "schema/compatibility.hpp"

#include <array>

#include "event/json_scan.hpp"
#include "schema/compiler.hpp"
#include "schema/equality.hpp"
#include "schema/inclusion.hpp"

namespace signalbox::schema {
namespace {

constexpr std::array<std::string_view, 4> kWords{"none", "backward", "forward", "full"};

/// The same document, but for the order of members.
bool same_text(std::string_view a, std::string_view b, const CompatibilityOptions& options) {
  JsonTape x, y;
  WorkLeft left = static_cast<WorkLeft>(options.work);
  return x.read(a, options.schemas.limits.schema_depth) && y.read(b, options.schemas.limits.schema_depth) &&
         equal(x, 0, y, 0, left);
}

/// Reasons why what `writer` describes is not all accepted by `reader`.
std::vector<Difference> differences(const Program& writer, const Program& reader, Compatibility direction,
                                    std::size_t work) {
  ComparisonBudget budget{static_cast<std::int64_t>(work), 0};
  const bool backward = direction == Compatibility::backward;
  auto names = backward ? Inclusion::Names{"the old schema", "the new schema", "the old one", "the new one"}
                        : Inclusion::Names{"the new schema", "the old schema", "the new one", "the old one"};
  Inclusion inclusion(writer, reader, std::move(names), budget);
  if (inclusion.prove()) return {};
  auto found = inclusion.differences();
  if (budget.steps <= 0 || found.empty())
    found.push_back({true, "", "",
                     "cannot be shown to be compatible: comparing the schemas takes over " +
                         std::to_string(work) + " steps"});
  return found;
}

void append(std::vector<Incompatibility>& out, std::vector<Difference> found, Compatibility direction,
            std::size_t most) {
  for (auto& difference : found) {
    if (out.size() >= most) return;
    const bool backward = direction == Compatibility::backward;
    out.push_back({difference.undecided ? Incompatibility::Kind::undecided : Incompatibility::Kind::narrowed,
                   direction, std::move(backward ? difference.writer_pointer : difference.reader_pointer),
                   std::move(backward ? difference.reader_pointer : difference.writer_pointer),
                   std::move(difference.message)});
  }
}

}  // namespace

std::string_view to_text(Compatibility compatibility) {
  return kWords[static_cast<std::size_t>(compatibility)];
}

std::optional<Compatibility> parse_compatibility(std::string_view word) {
  for (std::size_t i = 0; i < kWords.size(); ++i)
    if (kWords[i] == word) return static_cast<Compatibility>(i);
  return std::nullopt;
}

Result<std::vector<Incompatibility>> incompatibilities(std::string_view old_text, std::string_view new_text,
                                                       Compatibility compatibility,
                                                       const CompatibilityOptions& options) {
  const auto old_schema = compile_program(old_text, options.schemas);
  if (!old_schema) return Error(old_schema.error().code, "the old schema: " + old_schema.error().message);
  const auto new_schema = compile_program(new_text, options.schemas);
  if (!new_schema) return Error(new_schema.error().code, "the new schema: " + new_schema.error().message);
  std::vector<Incompatibility> found;
  if (compatibility == Compatibility::none || same_text(old_text, new_text, options)) return found;
  if (compatibility != Compatibility::forward)
    append(found, differences(**old_schema, **new_schema, Compatibility::backward, options.work),
           Compatibility::backward, options.incompatibilities);
  if (compatibility != Compatibility::backward)
    append(found, differences(**new_schema, **old_schema, Compatibility::forward, options.work),
           Compatibility::forward, options.incompatibilities);
  return found;
}

}  // namespace signalbox::schema
