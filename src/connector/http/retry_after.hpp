#pragma once
#include <optional>
#include <string_view>

#include "signalbox/clock.hpp"

namespace signalbox::connector::http {

/// How long a Retry-After header (RFC 9110 section 10.2.3) asks to wait: seconds, or an HTTP date in any of its three
/// forms, taken from `now`.  At least zero, at most a week; nullopt when it is neither.
std::optional<Duration> parse_retry_after(std::string_view value, WallTime now);

}  // namespace signalbox::connector::http
