// links: signalbox_pipeline signalbox_event
// What a target says, in every use that a step may make of it: the first line is the Content-Type, the rest
// the answer. What comes of it is a valid event, and what judge() finds unusable accept() does not take.  The
// whole is a line of canned answers, too.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "event/json_scan.hpp"
#include "event/validate.hpp"
#include "pipeline/canned_answers.hpp"
#include "pipeline/enrichment_step.hpp"

namespace {

using namespace signalbox;
using namespace signalbox::pipeline;

void require(bool condition) {
  if (!condition) std::abort();
}

Event subject() {
  EventBuilder builder;
  builder.set("specversion", "1.0").set("id", "1").set("source", "s").set("type", "t");
  return builder.data(DataKind::json, R"({"a":{"b":[1]},"c":2})").build();
}

void check(Enrichment::Use use, const std::vector<std::string>& place, const EnrichmentAnswer& answer) {
  Enrichment enrichment;
  enrichment.use = use;
  enrichment.join_at = place;
  const auto step = make_enrichment_step(std::move(enrichment));
  const auto event = subject();
  const bool usable = bool(step->judge(answer));
  const auto made = step->accept(answer, event);
  if (!usable) return require(!made);
  if (!made) return require(use == Enrichment::Use::join && !made.error().message.empty());
  for (const auto& each : *made) require(event::validate(each.event, event::Limits()).empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  const auto line = all.substr(0, all.find('\n'));
  EnrichmentAnswer answer;
  if (!line.empty()) answer.headers.emplace_back("content-type", line);
  if (line.starts_with("application/x-event"))
    answer.headers = {{"ce-specversion", "1.0"}, {"ce-id", "9"}, {"ce-source", "s"}, {"ce-type", "t"}};
  answer.body = all.substr(std::min(all.size(), line.size() + 1));
  check(Enrichment::Use::join, {"a", "x"}, answer);
  check(Enrichment::Use::join, {"a", "b", "x"}, answer);
  check(Enrichment::Use::join, {"c"}, answer);
  check(Enrichment::Use::replace_data, {}, answer);
  check(Enrichment::Use::replace_event, {}, answer);
  if (!event::validate_json_encoding(all) && !event::validate_json(all, 100)) {
    auto answers = CannedAnswers::read(all);
    while (answers && !answers->empty()) answers->take();
  }
  return 0;
}
