#pragma once
#include <functional>
#include <set>
#include <string>

#include "config/settings.hpp"
#include "signalbox/config_node.hpp"

namespace signalbox::daemon {

/// Whether the jq programs of a configuration compile, which workers say: started for the occasion, and only
/// for programs not seen before.  Thread-safety: none.
class ProgramCheck {
 public:
  /// Waits for jq, 15 ms and more for each new program.  A fault for each that does not compile, at its
  /// place.
  void check(const config::Settings& settings, Diagnostics& out);

 private:
  std::set<std::string, std::less<>> good_;  // of the last configuration
};

}  // namespace signalbox::daemon
