#include "daemon/cli_client.hpp"

#include <memory>

#include "client/commands.hpp"
#include "daemon/connection.hpp"

namespace signalbox::daemon {
namespace {

constexpr const char* kAdminUrl = "http://127.0.0.1:8081";
constexpr const char* kIngestUrl = "http://127.0.0.1:8080";

/// What every command of the kind takes.
struct Common : Connection {
  std::string channel;
};

struct Command {
  CLI::App* app;
  std::shared_ptr<Common> common;
};

Command add(CLI::App& program, const char* name, const char* help, const char* url, bool with_channel) {
  Command command{program.add_subcommand(name, help), std::make_shared<Common>()};
  command.common->url = url;
  add_connection_options(*command.app, *command.common);
  command.app->add_flag("--json", command.common->json, "Print the daemon's JSON");
  if (with_channel) command.app->add_option("channel", command.common->channel, "TENANT/CHANNEL")->required();
  return command;
}

/// Options that go into the query under their own names.
void add_selection(CLI::App& app, client::Parameters& selection, std::initializer_list<std::pair<const char*, const char*>> options) {
  for (const auto& [name, help] : options) {
    const std::string parameter = name;
    app.add_option_function<std::string>("--" + parameter, [&selection, parameter](const std::string& value) {
      selection.emplace_back(parameter, value);
    }, help);
  }
}

void add_send(CLI::App& program, int& exit_code) {
  auto [app, common] = add(program, "send", "Send events to a channel", kIngestUrl, true);
  auto options = std::make_shared<client::SendOptions>();
  app->add_option("--type", options->type, "The event's type");
  app->add_option("--source", options->source, "The event's source");
  app->add_option("--id", options->id, "The event's id (default: random)");
  app->add_option("--subject", options->subject, "The event's subject");
  app->add_option("--time", options->time, "The event's time (RFC 3339)");
  app->add_option("--extension", options->extensions, "An extension attribute: name=value")->take_all();
  app->add_option("--content-type", options->content_type, "Media type of the data (default: application/json)");
  app->add_option("--data", options->data, "The data; @FILE reads a file, @- stdin");
  app->add_option("--events", options->events, "Events in the JSON format instead: an object, an array or JSON Lines; - reads stdin");
  app->add_flag("--dedup", options->deduplicate, "Do not store events whose source and id were accepted lately");
  app->callback([options, common = common, &exit_code] {
    options->channel = common->channel;
    exit_code = with_daemon(
        *common, [&](auto& api, const auto& output) { return client::send(api, *options, output); });
  });
}

void add_tail(CLI::App& program, int& exit_code) {
  auto [app, common] = add(program, "tail", "Print events as they are accepted", kAdminUrl, true);
  struct Options {
    std::string filter;
    std::size_t count = 0;
  };
  auto options = std::make_shared<Options>();
  app->add_option("--filter", options->filter, "Only events that match this pattern (JSON)");
  app->add_option("--count", options->count, "End after so many");
  app->callback([options, common = common, &exit_code] {
    exit_code = with_daemon(*common, [&](auto& api, const auto& output) {
      return client::tail(api, common->channel, options->filter, options->count, output);
    });
  });
}

void add_queries(CLI::App& program, int& exit_code) {
  {
    auto [app, common] = add(program, "events", "List events, newest first", kAdminUrl, true);
    auto selection = std::make_shared<client::Parameters>();
    add_selection(*app, *selection, {{"id", "Only this id"}, {"source", "Only this source"}, {"type", "Only this type"},
                                     {"subject", "Only this subject"}, {"rule", "Only events that concern this rule"},
                                     {"outcome", "delivered, pending, retrying, gathered, dead or dropped"},
                                     {"from", "Accepted since: a time, or an age such as 15m"}, {"to", "Accepted before"},
                                     {"limit", "At most so many (50)"}, {"cursor", "Go on where an earlier list ended"}});
    app->add_option_function<std::vector<std::string>>("--data", [selection](const std::vector<std::string>& conditions) {
      for (const auto& condition : conditions) {
        const auto equals = condition.find('=');
        if (equals == std::string::npos) throw CLI::ValidationError("--data", "expected path=value");
        selection->emplace_back("data." + condition.substr(0, equals), condition.substr(equals + 1));
      }
    }, "Only events whose data has this value: path=value");
    app->callback([selection, common = common, &exit_code] {
      exit_code = with_daemon(*common, [&](auto& api, const auto& output) {
        return client::events(api, common->channel, *selection, output);
      });
    });
  }
  {
    auto [app, common] = add(program, "event", "Show one event and its journey", kAdminUrl, true);
    auto seq = std::make_shared<std::string>();
    app->add_option("seq", *seq, "The event's sequence number")->required()->check(CLI::Number);
    app->callback([seq, common = common, &exit_code] {
      exit_code = with_daemon(*common, [&](auto& api, const auto& output) {
        return client::event(api, common->channel, *seq, output);
      });
    });
  }
}

void add_dead_letter_commands(CLI::App& program, int& exit_code) {
  const std::initializer_list<std::pair<const char*, const char*>> selectors = {
      {"rule", "Only of this rule"}, {"target", "Only of this target"}, {"reason", "Only with this reason"},
      {"from", "Dead since: a time, or an age such as 15m"}, {"to", "Dead before"}, {"limit", "At most so many"}};
  {
    auto [app, common] = add(program, "dead-letters", "List dead letters", kAdminUrl, true);
    auto selection = std::make_shared<client::Parameters>();
    add_selection(*app, *selection, selectors);
    add_selection(*app, *selection, {{"cursor", "Go on where an earlier list ended"}});
    app->callback([selection, common = common, &exit_code] {
      exit_code = with_daemon(*common, [&](auto& api, const auto& output) {
        return client::dead_letters(api, common->channel, *selection, output);
      });
    });
  }
  {
    auto [app, common] = add(program, "redrive", "Send dead letters again: all, or those selected", kAdminUrl, true);
    auto selection = std::make_shared<client::Parameters>();
    auto seqs = std::make_shared<std::vector<std::string>>();
    add_selection(*app, *selection, selectors);
    app->add_option("--seq", *seqs, "Only the event of this sequence number")->take_all()->check(CLI::Number);
    app->callback([selection, seqs, common = common, &exit_code] {
      exit_code = with_daemon(*common, [&](auto& api, const auto& output) {
        return client::redrive(api, common->channel, *selection, *seqs, output);
      });
    });
  }
}

void add_rule_commands(CLI::App& program, int& exit_code) {
  {
    auto [app, common] = add(program, "rules", "List a channel's rules and how they do", kAdminUrl, true);
    app->callback([common = common, &exit_code] {
      exit_code = with_daemon(*common, [&](auto& api, const auto& output) {
        return client::rules(api, common->channel, output);
      });
    });
  }
  for (const bool paused : {true, false}) {
    auto [app, common] = add(program, paused ? "pause" : "resume",
                             paused ? "Stop a rule's deliveries; events wait" : "Restart a rule's deliveries", kAdminUrl, true);
    auto rule = std::make_shared<std::string>();
    app->add_option("rule", *rule, "The rule's name")->required();
    app->callback([rule, paused, common = common, &exit_code] {
      exit_code = with_daemon(*common, [&](auto& api, const auto& output) {
        return client::pause(api, common->channel, *rule, paused, output);
      });
    });
  }
}

}  // namespace

void add_client_commands(CLI::App& program, int& exit_code) {
  add_send(program, exit_code);
  add_tail(program, exit_code);
  add_queries(program, exit_code);
  add_dead_letter_commands(program, exit_code);
  add_rule_commands(program, exit_code);
  auto [app, common] = add(program, "status", "Show how the daemon does", kAdminUrl, false);
  app->callback([common = common, &exit_code] {
    exit_code =
        with_daemon(*common, [](auto& api, const auto& output) { return client::status(api, output); });
  });
}

}  // namespace signalbox::daemon
