#pragma once
#include "signalbox/target_factory.hpp"

namespace signalbox::daemon {

/// Every kind of target that is built in: the table of contents of connector/.
TargetRegistry builtin_targets();

}  // namespace signalbox::daemon
