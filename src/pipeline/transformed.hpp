#pragma once
#include <boost/container/small_vector.hpp>
#include <cstddef>
#include <optional>

#include "signalbox/event.hpp"
#include "signalbox/raw_body.hpp"

namespace signalbox::pipeline {

/// One thing that a transform wants delivered.
struct Deliverable {
  Event event;                 ///< with `raw`: what the body was made of; names it for signature and trace
  std::optional<RawBody> raw;  ///< sent in the event's place
};

/// What a transform makes of one event: none, one or several deliverables, in the order in which they go out.
using Transformed = boost::container::small_vector<Deliverable, 1>;

/// A Transformed of that event alone.
inline Transformed just(Event event) {
  Transformed made;
  made.push_back({std::move(event), std::nullopt});
  return made;
}

}  // namespace signalbox::pipeline
