#pragma once
#include <iosfwd>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/exit_code.hpp"
#include "client/api_client.hpp"

/// The commands that talk to a running daemon.  Each prints its result to `out` (a table, or JSON as the API gave it)
/// and complaints to `err`, and returns an exit code: kInputAtFault when the daemon said 4xx.
namespace signalbox::client {

/// "acme/orders" taken apart; nullopt when it is not of that form.
std::optional<std::pair<std::string, std::string>> split_channel(const std::string& text);

struct Output {
  std::ostream& out;
  std::ostream& err;
  bool json = false;
  bool colour = false;  ///< `out` is a terminal that takes ANSI escapes
};

struct SendOptions {
  std::string channel;                   ///< "tenant/channel"
  std::string id, source, type, subject, content_type, time;
  std::vector<std::string> extensions;   ///< "name=value"
  std::string data;                      ///< the data, or "@file", or "@-" for stdin
  std::string events;                    ///< a file of events in the JSON format: one, an array, or JSON Lines; "-": stdin
  bool deduplicate = false;
};
int send(ApiClient& ingest, const SendOptions& options, const Output& output);

/// Prints events as they are accepted, one JSON object a line, until the daemon ends it or, with `count`, after so many.
int tail(ApiClient& admin, const std::string& channel, const std::string& filter, std::size_t count, const Output& output);

using Parameters = std::vector<std::pair<std::string, std::string>>;
int events(ApiClient& admin, const std::string& channel, const Parameters& selection, const Output& output);
int event(ApiClient& admin, const std::string& channel, const std::string& seq, const Output& output);
int dead_letters(ApiClient& admin, const std::string& channel, const Parameters& selection, const Output& output);
/// `seqs`: only these; neither they nor a selection: all.
int redrive(ApiClient& admin, const std::string& channel, const Parameters& selection, const std::vector<std::string>& seqs, const Output& output);
int status(ApiClient& admin, const Output& output);
int rules(ApiClient& admin, const std::string& channel, const Output& output);
/// Pauses or resumes one rule.
int pause(ApiClient& admin, const std::string& channel, const std::string& rule, bool paused, const Output& output);

}  // namespace signalbox::client
