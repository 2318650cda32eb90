#pragma once
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "client/commands.hpp"

namespace signalbox::client {

/// The path of a channel in the admin API; complains and gives nullopt when `channel` is not "tenant/channel".
std::optional<std::string> channel_path(const std::string& channel, const Output& output);

/// Judges an answer: a network fault or a problem is told on `err`; `exit_code` says which.  With --json the body of a
/// good answer goes to `out` as it is.  The parsed body when there is something left to print.
std::optional<nlohmann::json> take_answer(Result<Answer> answer, const Output& output, int& exit_code);

/// A member as text; "" when absent or null.
std::string text_of(const nlohmann::json& object, const char* name);

}  // namespace signalbox::client
