#pragma once
#include <optional>

#include "http/response_parser.hpp"
#include "signalbox/error.hpp"
#include "signalbox/event.hpp"

namespace signalbox::connector::http {

/// The event that an answer carries, in binary or structured mode; nullopt when it carries none.
///
/// Errors: invalid_argument for one that says it is an event and is not; too_large past what is read of an
/// answer.
Result<std::optional<Event>> read_reply(const signalbox::http::ClientResponse& response);

}  // namespace signalbox::connector::http
