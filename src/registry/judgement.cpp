#include "registry/judgement.hpp"

#include <utility>
#include <vector>

#include "event/json_scan.hpp"
#include "schema/equality.hpp"
#include "schema/json_tape.hpp"

namespace signalbox::registry {
namespace {

constexpr unsigned kDepthMost = 128;                    // as of a schema that is compiled
constexpr schema::WorkLeft kEqualityWork = 10'000'000;  // more than a text of the largest size takes

Error no_schema(std::string pointer, std::string message, Errc code = Errc::invalid_data) {
  auto told = pointer.empty() ? message : pointer + ": " + message;
  return Error(code, "this is no schema that can be used: " + told,
               {{0, std::move(pointer), std::move(message)}});
}

/// A fault of compiling begins with its JSON Pointer.
Error no_schema(const Error& error) {
  const auto code = error.code == Errc::too_large ? Errc::too_large : Errc::invalid_data;
  const auto& text = error.message;
  const auto end = text.find(": ");
  const bool has_pointer = end != std::string::npos && (end == 0 || text[0] == '/');
  if (!has_pointer) return no_schema("", text, code);
  return no_schema(text.substr(0, end), text.substr(end + 2), code);
}

bool same_json(std::string_view a, std::string_view b) {
  if (a == b) return true;
  schema::JsonTape tape_a, tape_b;
  if (!tape_a.read(a, kDepthMost) || !tape_b.read(b, kDepthMost)) return false;
  auto left = kEqualityWork;
  return schema::equal(tape_a, 0, tape_b, 0, left);
}

Error may_not_follow(const std::vector<schema::Incompatibility>& reasons,
                     schema::Compatibility compatibility) {
  std::vector<ErrorDetail> details;
  for (const auto& reason : reasons) {
    auto message = reason.message;
    if (reason.old_pointer != reason.new_pointer && !reason.old_pointer.empty())
      message += " (in the version before: " + reason.old_pointer + ")";
    details.push_back({0, reason.new_pointer, std::move(message)});
  }
  return Error(Errc::conflict,
               "not " + std::string(to_text(compatibility)) +
                   " compatible with the latest version; nothing was changed",
               std::move(details));
}

}  // namespace

Result<Judgement> judge(const Candidate& candidate) {
  const auto& text = candidate.text;
  if (text.size() > kSchemaTextMost)
    return Error(Errc::too_large,
                 "a schema of the registry has at most " + std::to_string(kSchemaTextMost >> 10) + " KiB");
  if (auto fault = event::validate_json(text, kDepthMost))
    return no_schema(fault->pointer, fault->message + " at byte " + std::to_string(fault->offset));
  auto compiled = schema::Schema::compile(text);
  if (!compiled) return no_schema(compiled.error());
  if (candidate.latest) {
    if (same_json(*candidate.latest, text)) return Judgement{true};
    const auto reasons = schema::incompatibilities(*candidate.latest, text, candidate.compatibility);
    if (!reasons) return no_schema("", reasons.error().message);
    if (!reasons->empty()) return may_not_follow(*reasons, candidate.compatibility);
  }
  return Judgement{false, std::move(*compiled)};
}

}  // namespace signalbox::registry
