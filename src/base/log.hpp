#pragma once
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <string_view>
#include <utility>

namespace signalbox::base::log {

/// Log lines have a stable name and key=value fields, each described for the operator in docs/messages.md:
///
///     log::warn("delivery.gave_up", "tenant={} target={} attempts={}", tenant, target, attempts);
///
/// Never payloads, never secrets.  Thread-safe; not for the hot path.
template <class... Args>
void write(spdlog::level::level_enum level, std::string_view name, fmt::format_string<Args...> fields, Args&&... args) {
  if (!spdlog::should_log(level)) return;
  spdlog::log(level, "{} {}", name, fmt::format(fields, std::forward<Args>(args)...));
}
template <class... Args>
void info(std::string_view name, fmt::format_string<Args...> fields, Args&&... args) {
  write(spdlog::level::info, name, fields, std::forward<Args>(args)...);
}
template <class... Args>
void warn(std::string_view name, fmt::format_string<Args...> fields, Args&&... args) {
  write(spdlog::level::warn, name, fields, std::forward<Args>(args)...);
}
template <class... Args>
void error(std::string_view name, fmt::format_string<Args...> fields, Args&&... args) {
  write(spdlog::level::err, name, fields, std::forward<Args>(args)...);
}
template <class... Args>
void debug(std::string_view name, fmt::format_string<Args...> fields, Args&&... args) {
  write(spdlog::level::debug, name, fields, std::forward<Args>(args)...);
}

/// Text from outside made safe for a log line: control characters and quotes escaped, cut at 200 bytes, in quotes.
std::string quoted(std::string_view text);

}  // namespace signalbox::base::log
