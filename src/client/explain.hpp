#pragma once
#include <functional>
#include <string>
#include <vector>

#include "client/api_client.hpp"
#include "client/commands.hpp"
#include "client/event_input.hpp"
#include "signalbox/ids.hpp"

namespace signalbox::client {

/// How an explanation is shown to people.
enum class ExplanationView {
  table,     ///< a line for each rule
  one_rule,  ///< the parts of the one rule's verdict below each other, uncut
};

/// Prints an explanation, JSON text as the API answers it: as it is with --json, else for people.  The exit
/// code.
int show_explanation(const std::string& text, ExplanationView view, const Output& output);

/// Explains each event of `input` with `explain`, which prints and gives an exit code; ends at the first that
/// is not 0. An event that is not valid is told with its faults, and the rest goes on.  The exit code is the
/// worst of all.
int explain_each(EventInput& input, const std::function<int(const Event&)>& explain, const Output& output);

/// Has a running daemon explain one event, or the one of that seq in the channel's log.  `rule` "": all
/// rules.
int explain(ApiClient& admin, const std::string& channel, const std::string& rule, const Event& event,
            const Output& output);
int explain(ApiClient& admin, const std::string& channel, const std::string& rule, Seq seq,
            const Output& output);

}  // namespace signalbox::client
