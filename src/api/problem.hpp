#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "event/codec.hpp"
#include "http/message.hpp"
#include "signalbox/config_node.hpp"
#include "signalbox/error.hpp"

namespace signalbox::api {

/// One entry of a problem's `errors`.
struct ProblemEntry {
  std::optional<std::size_t> index;  ///< of the event in a batch
  std::string where;
  std::string message;
};

/// An RFC 9457 answer, `application/problem+json`.  `title` is the status' own phrase; `name` ends its `type`
/// ("urn:signalbox:problem:<name>").
http::Response problem(unsigned status, std::string_view name, std::string_view detail,
                       const std::vector<ProblemEntry>& errors = {});

/// The answer to an Error: one table from Errc to status, with Retry-After where it says "later".
http::Response problem(const Error& error);

/// 400, 413 or 415 with every fault listed.  `consequence` ends the detail: what this means for what was
/// asked.
http::Response problem(const event::DecodeFailure& failure,
                       std::string_view consequence = "nothing was accepted");

/// 422 with every fault of a configuration and its place.
http::Response problem(const Diagnostics& diagnostics);

/// 200 (or `status`) with a JSON body.
http::Response json_response(std::string body, unsigned status = 200);

}  // namespace signalbox::api
