#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "signalbox/clock.hpp"
#include "signalbox/config_node.hpp"

namespace signalbox::base {

/// "250ms", "10s", "5m", "24h", "7d", "1h30m"; units us ms s m h d w.  nullopt when it is none or overflows.
std::optional<Duration> parse_duration(std::string_view text);
/// "0s", "250ms", "1m30s": the shortest exact form parse_duration() reads back.
std::string format_duration(Duration duration);

/// "512", "64KiB", "1GiB", "5MB"; units B KiB MiB GiB TiB and kB MB GB TB.
std::optional<Bytes> parse_bytes(std::string_view text);
std::string format_bytes(std::uint64_t bytes);

/// "500/s", "30/m", "1000/h", "0.5/s", or a plain number a second.
std::optional<Rate> parse_rate(std::string_view text);

/// RFC 3339, in UTC with microseconds, trailing zeros of the fraction cut: "2026-11-23T18:07:00.5Z".
std::string format_time(WallTime time);
/// RFC 3339 with any offset; nullopt when it is none.  Leap seconds are read as the second before.
std::optional<WallTime> parse_time(std::string_view text);

}  // namespace signalbox::base
