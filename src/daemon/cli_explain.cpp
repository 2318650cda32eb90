#include "daemon/cli_explain.hpp"

#include <algorithm>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <optional>

#include "base/exit_code.hpp"
#include "client/explain.hpp"
#include "daemon/connection.hpp"
#include "daemon/explained_channel.hpp"
#include "daemon/terminal.hpp"

namespace signalbox::daemon {
namespace {

struct ExplainOptions {
  ConfigurationSource source{"/etc/signalbox/signalbox.yaml", {}};
  Connection connection{"http://127.0.0.1:8081", {}, {}};
  std::string channel, rule, event_file = "-";
  std::optional<Seq> seq;  ///< of the daemon's log, instead of events that come along
};

/// What a daemon takes at most, whatever its settings: it judges by them itself.
constexpr event::Limits kAnyDaemons{64 << 20, 100'000, 1024, 1000};

/// Explains the events of the file, or of standard input.
int explain_events(const ExplainOptions& options, const event::Limits& limits,
                   const std::function<int(const Event&)>& explain, const client::Output& output) {
  std::ifstream file;
  const bool from_stdin = options.event_file == "-";
  if (!from_stdin) {
    file.open(options.event_file, std::ios::binary);
    if (!file) {
      output.err << options.event_file << ": cannot be read\n";
      return kInputAtFault;
    }
  } else if (is_terminal(Stream::in)) {
    output.err << "reading events as JSON from standard input (--event FILE reads a file)\n";
  }
  client::EventInput input(from_stdin ? std::cin : file, limits);
  return client::explain_each(input, explain, output);
}

int explain_by_file(const ExplainOptions& options) {
  const auto output = make_output(options.connection.json);
  const auto channel = ExplainedChannel::read(options.source, options.channel, options.rule, output.err);
  if (!channel) return kInputAtFault;
  const auto view = options.rule.empty() ? client::ExplanationView::table : client::ExplanationView::one_rule;
  const auto explain = [&](const Event& event) {
    return client::show_explanation(channel->explain(event), view, output);
  };
  return explain_events(options, channel->limits(), explain, output);
}

int explain_by_daemon(const ExplainOptions& options) {
  return with_daemon(options.connection, [&](client::ApiClient& admin, const client::Output& output) {
    if (options.seq) return client::explain(admin, options.channel, options.rule, *options.seq, output);
    const auto explain = [&](const Event& event) {
      return client::explain(admin, options.channel, options.rule, event, output);
    };
    return explain_events(options, kAnyDaemons, explain, output);
  });
}

}  // namespace

void add_explain_command(CLI::App& program, int& exit_code) {
  auto options = std::make_shared<ExplainOptions>();
  auto* command = program.add_subcommand(
      "explain", "Say for each rule whether it takes an event and, if not, the first condition that fails");
  auto* config = command->add_option("--config", options->source.file,
                                     "By the rules of this configuration; no daemon needed");
  config->capture_default_str();
  auto* set =
      command->add_option("--set", options->source.overrides, "Set one key over the file's")->take_all();
  command->add_option("channel,--channel", options->channel, "TENANT/CHANNEL")->required();
  auto* event = command->add_option("--event", options->event_file,
                                    "Events in the JSON format: one, an array or JSON Lines; - reads stdin");
  event->capture_default_str();
  command->add_option("--rule", options->rule, "Only this rule");
  command->add_flag("--json", options->connection.json, "Print one JSON object for each event");
  auto of_daemon = add_connection_options(*command, options->connection);
  of_daemon.front()->description("By the live rules of the daemon whose admin API listens here");
  of_daemon.push_back(
      command->add_option("--seq", options->seq, "The event with this seq in the daemon's channel")
          ->excludes(event));
  for (auto* option : of_daemon) option->excludes(config)->excludes(set);
  command->callback([options, of_daemon, &exit_code] {
    const bool by_daemon =
        std::any_of(of_daemon.begin(), of_daemon.end(), [](auto* option) { return option->count() > 0; });
    exit_code = by_daemon ? explain_by_daemon(*options) : explain_by_file(*options);
  });
}

}  // namespace signalbox::daemon
