#include "daemon/schema_comparison.hpp"

#include <ostream>
#include <nlohmann/json.hpp>

#include "base/exit_code.hpp"
#include "client/input_text.hpp"
#include "client/table.hpp"
#include "signalbox/error.hpp"

namespace signalbox::daemon {
namespace {

using schema::Compatibility;
using schema::Incompatibility;

std::string_view word_of(Incompatibility::Kind kind) {
  return kind == Incompatibility::Kind::narrowed ? "narrowed" : "undecided";
}

void print_json(const std::vector<Incompatibility>& found, Compatibility wanted, std::ostream& out) {
  auto list = nlohmann::json::array();
  for (const auto& one : found)
    list.push_back({{"direction", schema::to_text(one.direction)},
                    {"kind", word_of(one.kind)},
                    {"old", one.old_pointer},
                    {"new", one.new_pointer},
                    {"message", one.message}});
  const nlohmann::json answer{{"compatibility", schema::to_text(wanted)},
                              {"compatible", found.empty()},
                              {"incompatibilities", std::move(list)}};
  out << answer.dump() << '\n';
}

void print_text(const std::vector<Incompatibility>& found, const CompareOptions& options, std::ostream& out) {
  const auto place = [](const std::string& file, const std::string& pointer) {
    return (file == "-" ? "stdin" : file) + "#" + client::printable(pointer);
  };
  for (const auto& one : found)
    out << schema::to_text(one.direction) << ": " << client::printable(one.message) << "\n    old "
        << place(options.old_file, one.old_pointer) << "\n    new " << place(options.new_file, one.new_pointer)
        << '\n';
  const auto wanted = schema::to_text(options.compatibility);
  if (found.empty())
    out << (options.compatibility == Compatibility::none ? "both are schemas" : "compatible: ")
        << (options.compatibility == Compatibility::none ? "" : wanted) << '\n';
  else
    out << "not compatible: " << wanted << ", " << found.size()
        << (found.size() == 1 ? " difference\n" : " differences\n");
}

}  // namespace

int compare_schemas(const CompareOptions& options, const client::Output& output) {
  // No more than a schema may have, so that what is too large is found to be.
  const auto bytes_max = options.how.schemas.limits.text_bytes;
  const auto old_text = client::read_input(options.old_file, bytes_max);
  const auto new_text = old_text ? client::read_input(options.new_file, bytes_max) : old_text;
  const auto found = !new_text ? Result<std::vector<Incompatibility>>(new_text.error())
                               : schema::incompatibilities(*old_text, *new_text, options.compatibility,
                                                           options.how);
  if (!found) {
    output.err << client::printable(found.error().message) << '\n';
    return kInputAtFault;
  }
  if (output.json)
    print_json(*found, options.compatibility, output.out);
  else
    print_text(*found, options, output.out);
  return found->empty() ? kDone : kInputAtFault;
}

}  // namespace signalbox::daemon
