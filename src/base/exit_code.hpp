#pragma once

namespace signalbox {

/// What the program's exit tells its caller (docs/cli.md).
enum ExitCode : int {
  kDone = 0,
  kInputAtFault = 1,
  kCommandLineAtFault = 2,
  kDaemonOrNetworkAtFault = 3,
};

}  // namespace signalbox
