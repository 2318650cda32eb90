#include "pipeline/jq_step.hpp"

#include <utility>

#include "event/codec.hpp"
#include "event/json_scan.hpp"

namespace signalbox::pipeline {
namespace {

constexpr unsigned kJqDepthMax = 64;

/// Whether a result is an event in the JSON format.
bool is_event(std::string_view json) {
  event::JsonCursor cursor(json, kJqDepthMax);
  if (cursor.next_type() != event::JsonType::object || !cursor.enter_object()) return false;
  while (const auto name = cursor.next_member()) {
    if (name->content() == "specversion") return true;
    if (!cursor.read_value()) return false;
  }
  return false;
}

Result<Event> decode(std::string_view json) {
  auto event = event::decode_json_event(json, event::Limits());
  if (event) return event;
  return Error(Errc::invalid_argument, "jq made no valid event: " + event.error().message);
}

Result<Event> with_data(const Event& event, std::string_view json) {
  const auto check = event::check_json(json, kJqDepthMax);
  if (check.fault) return Error(Errc::invalid_argument, "jq made no valid JSON: " + check.fault->message);
  auto builder = EventBuilder::from(event);
  builder.set("datacontenttype", "application/json").remove("dataschema");
  return builder.data(DataKind::json, json, check.names).build();
}

class JqStep final : public ProgramStep {
 public:
  explicit JqStep(std::string program) : program_(std::move(program)) {}

  std::string_view program() const override { return program_; }

  ProgramCall call(const Event& event, const TransformContext&) const override {
    ProgramCall call{program_, {}};
    event::append_json(call.input, event);
    return call;
  }

  Result<Transformed> accept(const std::vector<std::string>& results, const Event& event,
                             const TransformContext&) const override {
    Transformed made;
    for (const auto& json : results) {
      auto one = is_event(json) ? decode(json) : with_data(event, json);
      if (!one) return one.error();
      made.push_back({std::move(*one), std::nullopt});
    }
    return made;
  }

 private:
  std::string program_;
};

}  // namespace

std::unique_ptr<const ProgramStep> make_jq_step(std::string program) {
  return std::make_unique<const JqStep>(std::move(program));
}

}  // namespace signalbox::pipeline
