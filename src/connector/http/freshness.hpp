#pragma once
#include <optional>
#include <string_view>

#include "signalbox/clock.hpp"

namespace signalbox::connector::http {

/// How long a `Cache-Control` field allows an answer to be used again: zero for `no-store` and `no-cache`, at
/// most a year for `max-age`; nullopt when it does not say.  What cannot be read is as if it were not there.
std::optional<Duration> freshness(std::string_view cache_control);

}  // namespace signalbox::connector::http
