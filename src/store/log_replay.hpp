#pragma once
#include <cstdint>
#include <functional>
#include <string_view>

#include "signalbox/error.hpp"
#include "store/log_files.hpp"

namespace signalbox::store {

/// One group as it is found again.
struct ReplayedGroup {
  std::uint64_t number = 0;
  std::string_view payload;  ///< good for the call only
  LogPosition at;            ///< of the payload's first byte
};

/// How far a log goes.
struct LogEnd {
  std::uint64_t group = 0;  ///< number of the last group
  LogPosition at;           ///< behind it
};

enum class OnDamage : std::uint8_t {
  refuse,
  stop,  ///< what comes after it is given up
};

/// Calls `visit` for each group behind `from`, which is where group number `from.group` ends; what it is shown is
/// durable.  An error of `visit` ends it.
///
/// A group that is not whole is where a crash cut the log, unless one that was written later says that it had been
/// synced: then it is damage.  Errors: corrupt (damage, with its place), storage.
Result<LogEnd> replay(LogFiles& files, const LogEnd& from, OnDamage on_damage,
                      const std::function<Status(const ReplayedGroup&)>& visit);

/// Gives up what stands behind the end.  Errors: storage.
Status cut_behind(LogFiles& files, const LogPosition& end);

}  // namespace signalbox::store
