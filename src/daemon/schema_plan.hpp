#pragma once
#include <memory>
#include <vector>

#include "config/settings.hpp"
#include "schema/event_schemas.hpp"

namespace signalbox::daemon {

/// Compiles the schemas of a channel; nullptr when it has none.  A schema that does not compile is a fault.
std::shared_ptr<const schema::EventSchemas> make_schemas(const std::vector<config::EventSchema>& all, Diagnostics& out);

}  // namespace signalbox::daemon
