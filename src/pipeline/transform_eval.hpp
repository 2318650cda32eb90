#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/transform_step.hpp"

namespace signalbox::pipeline {

/// One line of `signalbox eval transform`: `{"transform":{…},"event":{…}}` in, the answer (without a newline)
/// out.
///
/// `transform` is what stands under a rule's `transform:` key (a chain is an array), `event` a CloudEvent in
/// the JSON format.  The answer is
///
///     {"event":{…}}                                      an event
///     {"body":"…"}                                       a text template's text
///     {"body":"…","content_type":"…","headers":{…}}      a raw body; headers only where there are any
///     {"events":[…]}, {"bodies":[…]}                     several; none is {"events":[]}
///     {"error":"…"}                                      the line, the transform or the event is at fault,
///     or the
///                                                        transform fails
///
/// A body that is no UTF-8 is `body_base64`.  An optional
/// `"context":{"tenant":…,"channel":…,"rule":…,"accepted_at":…}` gives what the predefined variables stand
/// for. Never throws for its input.
///
/// Steps that ask a target get what stands under `"answers":[…]`, in order (CannedAnswers); without it they are
/// an error that says what would be asked.
///
/// `run` runs the programs of steps; without it they are an error.
using RunProgram = std::function<Result<std::vector<std::string>>(const ProgramCall&)>;
std::string eval_transform(std::string_view line, const RunProgram& run = {});

}  // namespace signalbox::pipeline
