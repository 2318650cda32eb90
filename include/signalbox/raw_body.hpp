#pragma once
#include <string>
#include <utility>
#include <vector>

namespace signalbox {

/// A body that is no CloudEvent, with the media type and header fields it is sent with: what a transform makes of an
/// event for a target that wants something else.  A value; all of it is safe to send as it is.
struct RawBody {
  std::string bytes;
  std::string content_type;                                  ///< a media type
  std::vector<std::pair<std::string, std::string>> headers;  ///< names and values, in order; none is Signalbox's own
  bool operator==(const RawBody&) const = default;
};

}  // namespace signalbox
