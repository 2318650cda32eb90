#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace signalbox::jq {

/// Why a program is refused before jq sees it: too long, a NUL (where libjq would stop reading), or modules,
/// which are files.  nullopt: let jq compile it.
std::optional<std::string> refused_program(std::string_view text);

/// What is wrong in a message of jq's compiler, in one line: its name, hints at shells and the quoted program
/// go. Empty for the count of errors that it ends with.
std::string compile_error_text(std::string_view message);

/// The text, cut at the last whole character within `bytes_max`.
std::string_view cut_text(std::string_view text, std::size_t bytes_max);

}  // namespace signalbox::jq
