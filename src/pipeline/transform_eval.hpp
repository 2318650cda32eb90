#pragma once
#include <string>
#include <string_view>

namespace signalbox::pipeline {

/// One line of `signalbox eval transform`: `{"transform":{…},"event":{…}}` in, the answer (without a newline)
/// out.
///
/// `transform` is what stands under a rule's `transform:` key, `event` a CloudEvent in the JSON format.  The
/// answer is
/// `{"event":{…}}`; for a text template `{"body":"…"}`, the text; `{"error":"…"}` when the line, the
/// transform or the event is at fault or the transform fails.  An optional
/// `"context":{"tenant":…,"channel":…,"rule":…, "accepted_at":…}` gives what the predefined variables stand
/// for. Pure; never throws for its input.
std::string eval_transform(std::string_view line);

}  // namespace signalbox::pipeline
