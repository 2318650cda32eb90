#include "connector/http/reply.hpp"

#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/header_field.hpp"
#include "connector/http/response_fields.hpp"
#include "event/codec.hpp"

namespace signalbox::connector::http {
namespace {

/// Whether the answer says that it is an event.
bool carries_event(const signalbox::http::ClientResponse& response) {
  constexpr std::string_view kFormats = "application/cloudevents";
  return !response.header("ce-specversion").empty() ||
         base::equals_ignoring_case(response.header("content-type").substr(0, kFormats.size()), kFormats);
}

Error no_event(const event::DecodeFailure& failure) {
  const auto& fault = failure.faults.front();
  const auto where = fault.where.empty() ? "" : fault.where + ": ";
  return Error(Errc::invalid_argument, "the answer is no valid event: " + where + fault.message);
}

}  // namespace

Result<std::optional<Event>> read_reply(const signalbox::http::ClientResponse& response) {
  if (!carries_event(response)) return std::optional<Event>();
  if (response.truncated) return Error(Errc::too_large, "the answer is an event of more than 64 KiB");
  const auto headers = response_fields(response);
  auto decoded = event::decode(headers, response.body, event::Limits());
  if (const auto* failure = std::get_if<event::DecodeFailure>(&decoded)) return no_event(*failure);
  auto& events = std::get<event::Decoded>(decoded).events;
  if (events.size() != 1)
    return Error(Errc::invalid_argument, "the answer is a batch, and one event is expected");
  return std::optional<Event>(std::move(events.front()));
}

}  // namespace signalbox::connector::http
