#include "schema/event_schemas.hpp"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <utility>

#include "event/characters.hpp"

namespace signalbox::schema {
namespace {

constexpr std::size_t kTagBytesMax = 256;
constexpr std::size_t kAllFaultsBytesMax = 480;  // fits the error of an attempt (broker/lane_attempt.cpp)

std::string text_of(const SchemaFault& fault) {
  return (fault.pointer.empty() ? "" : fault.pointer + ": ") + fault.message;
}

/// In one line of what an attribute may hold (CloudEvents 1.0.2 section 3.1: no control characters), cut between
/// characters.
std::string to_tag(std::string text, std::size_t bytes_max) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; },
      '?');
  if (text.size() <= bytes_max) return text;
  auto end = bytes_max;
  while (end > 0 && event::continues_character(text[end])) --end;
  text.resize(end);
  return text;
}

SchemaFault not_json(const Event& event) {
  const bool none = event.data_kind() == DataKind::none;
  return {SchemaFault::Kind::no_json, "", "",
          none ? "has no data, and its schema wants JSON" : "is no JSON, and its schema wants JSON"};
}

}  // namespace

EventSchemas::EventSchemas(std::vector<EventSchema> schemas) : schemas_(std::move(schemas)) {
  for (std::size_t i = 0; i < schemas_.size(); ++i) {
    assert(schemas_[i].schema && !(schemas_[i].type.empty() && schemas_[i].dataschema.empty()));
    if (schemas_[i].type.empty())
      by_dataschema_[schemas_[i].dataschema].push_back(i);
    else
      by_type_[schemas_[i].type].push_back(i);
  }
}

EventSchemas::Verdict EventSchemas::check(const Event& event) const {
  Verdict verdict;
  const auto check_all = [&](const auto& index, std::string_view value) {
    const auto found = index.find(value);
    if (found == index.end()) return;
    for (const auto place : found->second) check(event, schemas_[place], verdict);
  };
  if (!by_type_.empty()) check_all(by_type_, event.type());
  if (!by_dataschema_.empty()) check_all(by_dataschema_, event.value("dataschema"));
  return verdict;
}

bool EventSchemas::may_dead_letter() const {
  return std::ranges::any_of(schemas_, [](const auto& schema) { return schema.on_invalid == OnInvalid::dead_letter; });
}

void EventSchemas::check(const Event& event, const EventSchema& schema, Verdict& verdict) const {
  if (!schema.dataschema.empty() && event.value("dataschema") != schema.dataschema) return;
  std::vector<SchemaFault> faults;
  if (event.data_kind() != DataKind::json)
    faults.push_back(not_json(event));
  else if (!schema.schema->valid(event.data()))
    faults = schema.schema->validate(event.data());
  if (faults.empty()) return;
  verdict.on_invalid = std::max(verdict.on_invalid, schema.on_invalid);
  std::move(faults.begin(), faults.end(), std::back_inserter(verdict.faults));
}

Event tagged(const Event& event, const std::vector<SchemaFault>& faults) {
  assert(!faults.empty());
  auto builder = EventBuilder::from(event);
  return builder.set(kFaultAttribute, to_tag(text_of(faults.front()), kTagBytesMax)).build();
}

Event tagged_with_all(const Event& event, const std::vector<SchemaFault>& faults) {
  assert(!faults.empty());
  std::string text;
  for (const auto& fault : faults) {
    if (text.size() > kAllFaultsBytesMax) break;
    text += (text.empty() ? "" : "; ") + text_of(fault);
  }
  auto builder = EventBuilder::from(event);
  return builder.set(kFaultAttribute, to_tag(std::move(text), kAllFaultsBytesMax)).build();
}

Event untagged(const Event& event) {
  if (!event.find(kFaultAttribute)) return event;
  auto builder = EventBuilder::from(event);
  return builder.remove(kFaultAttribute).build();
}

}  // namespace signalbox::schema
