#include "loadtest/outcome_log.hpp"

#include <fmt/format.h>

#include <array>
#include <iterator>

#include "loadtest/record_file.hpp"

namespace signalbox::loadtest {
namespace {

constexpr std::array<std::string_view, 3> kKindNames = {"acknowledged", "refused",
                                                        "unknown"};  // in the enum's order

std::optional<RequestOutcome::Kind> parse_kind(std::string_view name) {
  for (std::size_t i = 0; i < kKindNames.size(); ++i) {
    if (kKindNames[i] == name) return static_cast<RequestOutcome::Kind>(i);
  }
  return std::nullopt;
}

}  // namespace

Result<OutcomeLog> OutcomeLog::create(const std::string& path) {
  auto file = create_record_file(path);
  if (!file) return file.error();
  return OutcomeLog(*file);
}

void OutcomeLog::append(const RequestOutcome& outcome) {
  fmt::memory_buffer line;
  fmt::format_to(std::back_inserter(line), "{} {:08x} {} {} {} {} {}\n",
                 kKindNames[static_cast<std::size_t>(outcome.kind)], outcome.run, outcome.first,
                 outcome.count, outcome.status, outcome.due_ns, outcome.end_ns);
  std::fwrite(line.data(), 1, line.size(), file_.get());
}

void OutcomeLog::flush() { std::fflush(file_.get()); }

std::optional<RequestOutcome> parse_outcome(std::string_view line) {
  FieldReader fields(line);
  RequestOutcome outcome;
  const auto kind = parse_kind(fields.text());
  outcome.run = fields.number<std::uint32_t>(16);
  outcome.first = fields.number<std::uint64_t>();
  outcome.count = fields.number<std::uint64_t>();
  outcome.status = fields.number<unsigned>();
  outcome.due_ns = fields.number<std::uint64_t>();
  outcome.end_ns = fields.number<std::uint64_t>();
  if (!kind || fields.failed()) return std::nullopt;
  outcome.kind = *kind;
  return outcome;
}

Result<std::vector<RequestOutcome>> read_outcomes(const std::string& path) {
  return read_records<RequestOutcome>(path, &parse_outcome);
}

}  // namespace signalbox::loadtest
