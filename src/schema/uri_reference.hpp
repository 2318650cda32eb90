#pragma once
#include <string>
#include <string_view>

namespace signalbox::schema {

/// A URI reference apart from its fragment (what follows '#').
struct SplitUri {
  std::string_view uri;
  std::string_view fragment;  ///< still percent-encoded; "" when there is none
};
SplitUri split_fragment(std::string_view reference);

/// What `reference` names, seen from `base` (RFC 3986 section 5.2), without its fragment.  `base` may be
/// empty or relative itself; a base that is no hierarchy ("urn:x:y") is only replaced.
std::string resolve_uri(std::string_view base, std::string_view reference);

}  // namespace signalbox::schema
