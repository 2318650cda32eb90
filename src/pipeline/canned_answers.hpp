#pragma once
#include <cstddef>
#include <deque>
#include <optional>
#include <string_view>

#include "signalbox/enricher.hpp"
#include "signalbox/error.hpp"

namespace signalbox::pipeline {

/// What targets are to say to enrichments that are tried without a daemon, in the order in which they are
/// asked.
class CannedAnswers {
 public:
  /// An array of `{"status":200,"body":…,"content_type":"…","headers":{…}}`, all of it optional.  A body that
  /// is a string is its characters and `text/plain` unless told, any other its JSON text and
  /// `application/json`. REQUIRES: `json` is valid JSON.  Errors: invalid_argument.
  static Result<CannedAnswers> read(std::string_view json);

  bool empty() const { return replies_.empty(); }
  /// What is said next; `failed` with the status when that is none of success.  REQUIRES: !empty().
  EnrichmentReply take();

 private:
  std::deque<EnrichmentReply> replies_;
};

}  // namespace signalbox::pipeline
