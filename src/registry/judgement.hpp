#pragma once
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "schema/compatibility.hpp"
#include "schema/schema.hpp"
#include "signalbox/error.hpp"
#include "signalbox/schema_name.hpp"

namespace signalbox::registry {

/// A text that may become the next version of a schema.
struct Candidate {
  std::string text;
  std::shared_ptr<const std::string> latest;  ///< the version that it would follow; nullptr: it is the first
  schema::Compatibility compatibility = schema::Compatibility::backward;
};

/// What a candidate is.
struct Judgement {
  bool same = false;                                 ///< equal to the latest as JSON: no new version
  std::shared_ptr<const schema::Schema> compiled{};  ///< unless it is the same
};

/// Whether the candidate is a schema that may follow.  Pure; may take some 100 ms of a large one.
///
/// Errors: invalid_data when it is no schema, too_large, conflict when it may not follow: `details` say each
/// reason with the JSON Pointer into the candidate as `where`.
Result<Judgement> judge(const Candidate& candidate);

}  // namespace signalbox::registry
