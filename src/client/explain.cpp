#include "client/explain.hpp"

#include <ostream>

#include "client/answer.hpp"
#include "client/table.hpp"

namespace signalbox::client {
namespace {

using nlohmann::json;

constexpr std::string_view kGreen = "\x1b[32m", kPlain = "\x1b[0m";

bool matches(const json& verdict) { return verdict.value("match", false); }

/// "yes", "no", "yes, paused", "disabled, else yes".
std::string match_text(const json& verdict) {
  if (!verdict.value("enabled", true))
    return verdict.value("would_match", false) ? "disabled, else yes" : "disabled, else no";
  return std::string(matches(verdict) ? "yes" : "no") + (verdict.value("paused", false) ? ", paused" : "");
}

std::string joined(const json& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + name.get<std::string>();
  return text;
}

std::string targets_text(const json& verdict) {
  return matches(verdict) ? joined(verdict.value("targets", json::array())) : "";
}

/// "com.acme.order.placed  /shop  id 7", and with its seq where it has one.
void print_event(const json& event, const Output& output) {
  output.out << printable(text_of(event, "type")) << "  " << printable(text_of(event, "source")) << "  id "
             << printable(text_of(event, "id"));
  if (event.contains("seq")) output.out << "  seq " << text_of(event, "seq");
  output.out << '\n';
}

void print_rules(const json& rules, const Output& output) {
  std::size_t matched = 0;
  std::vector<std::vector<std::string>> rows;
  std::vector<std::string_view> escapes;
  for (const auto& verdict : rules) {
    if (matches(verdict)) ++matched;
    rows.push_back({text_of(verdict, "rule"), match_text(verdict), targets_text(verdict),
                    text_of(verdict, "place"), text_of(verdict, "path"), text_of(verdict, "wanted"),
                    text_of(verdict, "found")});
    escapes.push_back(output.colour && matches(verdict) ? kGreen : std::string_view());
  }
  output.out << matched << " of " << rows.size()
             << (rows.size() == 1 ? " rule matches\n\n" : " rules match\n\n");
  if (!rows.empty())
    print_table(output.out, {"RULE", "MATCH", "TARGETS", "PLACE", "PATH", "WANTED", "FOUND"}, rows, escapes);
}

void print_rule(const json& verdict, const Output& output) {
  const bool coloured = output.colour && matches(verdict);
  output.out << (coloured ? kGreen : "") << text_of(verdict, "rule") << ": " << match_text(verdict)
             << (coloured ? kPlain : "") << '\n';
  const auto line = [&](const char* name, const std::string& text) {
    if (!text.empty())
      output.out << "  " << name << std::string(9 - std::string_view(name).size(), ' ') << printable(text)
                 << '\n';
  };
  line("targets", targets_text(verdict));
  for (const auto* name : {"place", "path", "wanted", "found"}) line(name, text_of(verdict, name));
}

/// `event 1: id: is missing`, indented.
void print_faults(const std::vector<event::Fault>& faults, const Output& output) {
  for (const auto& fault : faults) {
    output.err << "  ";
    if (fault.index) output.err << "event " << *fault.index << ": ";
    if (!fault.where.empty()) output.err << printable(fault.where) << ": ";
    output.err << printable(fault.message) << '\n';
  }
}

/// {"error":"no valid CloudEvent","line":2,"errors":[{"index":1,"where":"id","message":"is missing"}]}
std::string to_json(const EventInput::Item& item, const std::vector<event::Fault>& faults) {
  json errors = json::array();
  for (const auto& fault : faults) {
    json entry{{"where", fault.where}, {"message", fault.message}};
    if (fault.index) entry["index"] = *fault.index;
    errors.push_back(std::move(entry));
  }
  json told{{"error", "no valid CloudEvent"}, {"errors", std::move(errors)}};
  if (item.line != 0) told["line"] = item.line;
  return told.dump(-1, ' ', false, json::error_handler_t::replace);
}

void tell_faults(const EventInput::Item& item, const Output& output) {
  const auto& faults = std::get<std::vector<event::Fault>>(item.event);
  if (output.json) {
    output.out << to_json(item, faults) << std::endl;
    return;
  }
  if (item.line != 0) output.err << "line " << item.line << ": ";
  output.err << "no valid CloudEvent\n";
  print_faults(faults, output);
}

/// Prints an explanation for people.
int show(const json& answer, ExplanationView view, const Output& output) {
  if (!answer.is_object() || !answer.contains("event") || !answer.contains("rules")) {
    output.err << "the daemon's answer is no explanation\n";
    return kDaemonOrNetworkAtFault;
  }
  print_event(answer["event"], output);
  const auto& rules = answer["rules"];
  if (view == ExplanationView::one_rule && rules.size() == 1)
    print_rule(rules[0], output);
  else
    print_rules(rules, output);
  output.out.flush();
  return kDone;
}

int ask(ApiClient& admin, const std::string& channel, const std::string& rule, const event::Encoded& question,
        const Output& output) {
  const auto path = channel_path(channel, output);
  if (!path) return kInputAtFault;
  int exit_code = kDone;
  const auto body = take_answer(admin.send("POST", *path + "/explain" + query_string({{"rule", rule}}),
                                           question.body, question.headers),
                                output, exit_code);
  if (!body) return exit_code;
  return show(*body, rule.empty() ? ExplanationView::table : ExplanationView::one_rule, output);
}

}  // namespace

int show_explanation(const std::string& text, ExplanationView view, const Output& output) {
  if (!output.json) return show(json::parse(text, nullptr, false), view, output);
  output.out << text << std::endl;
  return kDone;
}

int explain_each(EventInput& input, const std::function<int(const Event&)>& explain, const Output& output) {
  int exit_code = kDone;
  std::size_t count = 0;
  for (auto item = input.next(); item; item = input.next()) {
    if (count++ != 0 && !output.json) output.out << '\n';
    if (const auto* event = std::get_if<Event>(&item->event)) {
      if (const int code = explain(*event); code != kDone) return code;
    } else {
      tell_faults(*item, output);
      exit_code = kInputAtFault;
    }
  }
  if (count != 0) return exit_code;
  output.err << "the input holds no event\n";
  return kInputAtFault;
}

int explain(ApiClient& admin, const std::string& channel, const std::string& rule, const Event& event,
            const Output& output) {
  return ask(admin, channel, rule, event::encode_structured(event), output);
}

int explain(ApiClient& admin, const std::string& channel, const std::string& rule, Seq seq,
            const Output& output) {
  event::Encoded question;
  question.headers.emplace_back("Content-Type", "application/json");
  question.body = "{\"seq\":" + std::to_string(seq) + "}";
  return ask(admin, channel, rule, question, output);
}

}  // namespace signalbox::client
