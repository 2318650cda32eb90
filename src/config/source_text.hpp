#pragma once
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "signalbox/config_node.hpp"
#include "signalbox/error.hpp"

namespace signalbox::config {

inline constexpr std::size_t kLargestFile = 1 << 20;

/// One file of a configuration, whole: at most kLargestFile of valid UTF-8 without control characters.
struct SourceText {
  std::shared_ptr<const std::string> name;  ///< as given, for places
  std::string text;                         ///< without a byte order mark
};

/// The files read, by name: what a report shows beneath a fault.
using Sources = std::map<std::string, std::string, std::less<>>;

/// Reads a file; blocks on the disk.  Errors: invalid_argument; the message is a sentence about the file.
Result<SourceText> read_source(const std::string& path);

/// The first thing in `text` that no configuration may hold: a byte that is no UTF-8, NUL or another control
/// character.  Reported to `out`; true when there is none.
bool check_characters(const SourceText& source, Diagnostics& out);

/// Characters (not bytes) in valid UTF-8.
std::size_t count_characters(std::string_view text);

/// The line numbered `line` (from 1), without its end; "" when there is none.
std::string_view line_of(std::string_view text, unsigned line);

}  // namespace signalbox::config
