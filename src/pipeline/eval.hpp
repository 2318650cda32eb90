#pragma once
#include <string>
#include <string_view>

namespace signalbox::pipeline {

// `signalbox eval pattern|filters|sql`: one case in, one verdict out, each a line of JSON without its
// newline. Pure; a line that is not understood answers {"error":"..."}.

/// `{"pattern":{...},"event":{...}}`, with `"compat":"eventbridge"` in event-ruler's reading.  The event is
/// any JSON object.  Answers `{"match":true}` or `{"match":false}`.
std::string eval_pattern(std::string_view line);

/// `{"filters":[...],"event":{...}}`: the event in the CloudEvents JSON form.  Answers as eval_pattern().  An
/// `sql` with an integer beyond 32 bits, which no rule may have, passes nothing here.
std::string eval_filters(std::string_view line);

/// `{"expression":"...","event":{...}}`: CloudEvents SQL.  Answers `{"result":...}` with a boolean, number or
/// string, and where the language reports an error also its kind:
/// `{"result":false,"error":"missingAttribute"}`.
std::string eval_sql(std::string_view line);

}  // namespace signalbox::pipeline
