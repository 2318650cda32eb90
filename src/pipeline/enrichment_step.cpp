#include "pipeline/enrichment_step.hpp"

#include <algorithm>
#include <string_view>
#include <utility>
#include <variant>

#include "base/header_field.hpp"
#include "event/codec.hpp"
#include "event/hops.hpp"
#include "event/json_scan.hpp"
#include "pipeline/json_join.hpp"

namespace signalbox::pipeline {
namespace {

constexpr unsigned kEnrichedDepthMax = 64;
constexpr std::size_t kWhyBytesMax = 256;
constexpr std::string_view kEventFormats = "application/cloudevents";

Error unusable(std::string message) { return Error(Errc::invalid_argument, std::move(message)); }

std::string_view header_of(const EnrichmentAnswer& answer, std::string_view name) {
  for (const auto& [key, value] : answer.headers)
    if (key == name) return value;
  return {};
}

bool is_event_format(std::string_view media_type) {
  return base::equals_ignoring_case(media_type.substr(0, kEventFormats.size()), kEventFormats);
}

Error first_fault(std::string_view what, const event::DecodeFailure& failure) {
  const auto& fault = failure.faults.front();
  const auto where = fault.where.empty() ? "" : fault.where + ": ";
  return unusable(std::string(what) + where + fault.message);
}

/// An event whose data is the answer, by its media type, as if a producer had sent it.
Result<Event> data_of(const EnrichmentAnswer& answer) {
  auto media_type = header_of(answer, "content-type");
  if (is_event_format(media_type)) return unusable("the answer is an event: \"replace: event\" takes it");
  if (media_type.empty()) media_type = "application/octet-stream";
  const std::vector<base::HeaderField> headers{{"ce-specversion", "1.0"},
                                               {"ce-id", "1"},
                                               {"ce-source", "/"},
                                               {"ce-type", "answer"},
                                               {"content-type", media_type}};
  auto decoded = event::decode(headers, answer.body, event::Limits());
  if (const auto* failure = std::get_if<event::DecodeFailure>(&decoded))
    return first_fault("the answer cannot be the data: ", *failure);
  return std::move(std::get<event::Decoded>(decoded).events.front());
}

Result<Event> with_data_of(const Event& event, const EnrichmentAnswer& answer) {
  auto builder = EventBuilder::from(event);
  builder.remove("dataschema");  // it described the data that was
  if (answer.body.empty()) return builder.remove("datacontenttype").data(DataKind::none, {}).build();
  const auto data = data_of(answer);
  if (!data) return data.error();
  builder.set("datacontenttype", data->value("datacontenttype"));
  return builder.data(data->data_kind(), data->data(), data->data_names()).build();
}

/// None when there is no answer but that there is none.
Result<std::vector<Event>> events_of(const EnrichmentAnswer& answer) {
  const bool is_one =
      !header_of(answer, "ce-specversion").empty() || is_event_format(header_of(answer, "content-type"));
  if (!is_one && answer.body.empty()) return std::vector<Event>();
  if (!is_one) return unusable("the answer is no CloudEvent, in binary, structured or batch mode");
  std::vector<base::HeaderField> headers;
  for (const auto& [name, value] : answer.headers) headers.push_back({name, value});
  auto decoded = event::decode(headers, answer.body, event::Limits());
  if (const auto* failure = std::get_if<event::DecodeFailure>(&decoded))
    return first_fault("the answer is no valid event: ", *failure);
  return std::move(std::get<event::Decoded>(decoded).events);
}

/// The one JSON value in the answer, without the white space around it.
Result<std::string_view> json_of(const EnrichmentAnswer& answer) {
  if (answer.body.empty()) return unusable("the answer is empty: there is nothing to join");
  if (const auto fault = event::validate_json(answer.body, kEnrichedDepthMax))
    return unusable("the answer is no JSON: at byte " + std::to_string(fault->offset + 1) + ": " +
                    fault->message);
  event::JsonCursor cursor(answer.body, kEnrichedDepthMax);
  const auto value = cursor.read_value();
  if (!value) return unusable("the answer is no JSON");
  return value->raw;
}

Result<Event> joined(const Event& event, const std::vector<std::string>& names, std::string_view value) {
  if (event.data_kind() == DataKind::text || event.data_kind() == DataKind::binary)
    return unusable("the data is no JSON: the answer cannot be joined to it");
  const auto before = event.data_kind() == DataKind::none ? std::string_view("{}") : event.data();
  const auto data = join_json(before, names, value);
  if (!data) return data.error();
  const auto check = event::check_json(*data, kEnrichedDepthMax);
  if (check.fault) return unusable("with the answer the data is no JSON to be sent: " + check.fault->message);
  auto builder = EventBuilder::from(event);
  if (event.data_kind() == DataKind::none) builder.set("datacontenttype", "application/json");
  return builder.data(DataKind::json, *data, check.names).build();
}

std::string printable(std::string_view text) {
  std::string printed(text.substr(0, kWhyBytesMax));
  for (char& c : printed)
    if (c < 0x20 || c > 0x7e) c = '?';
  return printed;
}

class AskingStep final : public EnrichmentStep {
 public:
  explicit AskingStep(Enrichment enrichment) : enrichment_(std::move(enrichment)) {}

  const EnrichmentPolicy& policy() const override { return enrichment_.policy; }
  const std::string& identity() const override { return enrichment_.identity; }

  Result<EnrichmentCall> call(const Event& event, const TransformContext& context) const override {
    const TemplateValues values(enrichment_.variables, event, context);
    if (!values.status()) return values.status().error();
    EnrichmentCall call;
    auto& request = call.request;
    request.method = enrichment_.method;
    request.event = &event;
    auto path = enrichment_.path ? enrichment_.path->render(values) : Result<std::string>(std::string());
    if (!path) return path.error();
    request.path = std::move(*path);
    auto query = enrichment_.query.render(values);
    if (!query) return query.error();
    request.query = std::move(*query);
    if (enrichment_.body) {
      auto body = enrichment_.body->render(values);
      if (!body) return body.error();
      const bool json = enrichment_.body->format() == Template::Format::json;
      request.body = RawBody{std::move(*body), json ? "application/json" : "text/plain", {}};
    }
    if (!enrichment_.policy.cache) return call;
    auto key = enrichment_.key ? enrichment_.key->render(values) : Result<std::string>(whole(request));
    if (!key) return key.error();
    call.key = std::move(*key);
    return call;
  }

  Status judge(const EnrichmentAnswer& answer) const override {
    switch (enrichment_.use) {
      case Enrichment::Use::join:
        if (const auto json = json_of(answer); !json) return json.error();
        return ok();
      case Enrichment::Use::replace_data:
        if (answer.body.empty()) return ok();
        if (const auto data = data_of(answer); !data) return data.error();
        return ok();
      case Enrichment::Use::replace_event:
        if (const auto events = events_of(answer); !events) return events.error();
        return ok();
    }
    return ok();
  }

  Result<Transformed> accept(const EnrichmentAnswer& answer, const Event& event) const override {
    switch (enrichment_.use) {
      case Enrichment::Use::join: {
        const auto json = json_of(answer);
        if (!json) return json.error();
        return just_one(joined(event, enrichment_.join_at, *json));
      }
      case Enrichment::Use::replace_data:
        return just_one(with_data_of(event, answer));
      case Enrichment::Use::replace_event:
        return instead_of(event, answer);
    }
    return unusable("nothing is to be done with the answer");
  }

  Event without_answer(const Event& event, std::string_view why) const override {
    return EventBuilder::from(event).set(kEnrichmentErrorAttribute, printable(why)).build();
  }

 private:
  static std::string whole(const EnrichmentRequest& request) {
    auto text = request.path + '?' + request.query + '\n';
    return request.body ? text += request.body->bytes : text;
  }

  static Result<Transformed> just_one(Result<Event> event) {
    if (!event) return event.error();
    return just(std::move(*event));
  }

  /// An answer cannot shorten the way that its event has gone already.
  static Result<Transformed> instead_of(const Event& origin, const EnrichmentAnswer& answer) {
    auto events = events_of(answer);
    if (!events) return events.error();
    const auto hops = event::hops_of(origin);
    Transformed made;
    for (auto& each : *events) {
      if (event::hops_of(each) < hops) each = event::with_hops(each, hops);
      made.push_back({std::move(each), std::nullopt});
    }
    return made;
  }

  Enrichment enrichment_;
};

}  // namespace

std::unique_ptr<const EnrichmentStep> make_enrichment_step(Enrichment enrichment) {
  return std::make_unique<const AskingStep>(std::move(enrichment));
}

}  // namespace signalbox::pipeline
