#include "client/commands.hpp"

#include <ostream>

#include "client/answer.hpp"
#include "client/table.hpp"

namespace signalbox::client {

using nlohmann::json;

namespace {

/// "big-orders>crm delivered(1) audit>log retrying(3)".
std::string outcomes_text(const json& event) {
  std::string text;
  for (const auto& outcome : event.value("outcomes", json::array())) {
    if (!text.empty()) text += ", ";
    text += text_of(outcome, "rule") + ">" + text_of(outcome, "target") + " " + text_of(outcome, "outcome");
    if (const auto attempts = outcome.value("attempts", 0); attempts > 1) text += "(" + std::to_string(attempts) + ")";
  }
  return text.empty() ? "-" : text;
}

void tell_cursor(const json& body, const Output& output) {
  if (const auto cursor = text_of(body, "cursor"); !cursor.empty()) output.err << "more: --cursor " << cursor << '\n';
}

}  // namespace

int events(ApiClient& admin, const std::string& channel, const Parameters& selection, const Output& output) {
  const auto path = channel_path(channel, output);
  if (!path) return kInputAtFault;
  int exit_code = 0;
  const auto body = take_answer(admin.get(*path + "/events" + query_string(selection)), output, exit_code);
  if (!body) return exit_code;
  std::vector<std::vector<std::string>> rows;
  for (const auto& event : body->at("events")) {
    const auto& attributes = event.at("event");
    rows.push_back({text_of(event, "seq"), text_of(event, "accepted_at"), text_of(attributes, "type"),
                    text_of(attributes, "source"), text_of(attributes, "id"), outcomes_text(event)});
  }
  print_table(output.out, {"SEQ", "ACCEPTED", "TYPE", "SOURCE", "ID", "OUTCOME"}, rows);
  tell_cursor(*body, output);
  return 0;
}

int event(ApiClient& admin, const std::string& channel, const std::string& seq, const Output& output) {
  const auto path = channel_path(channel, output);
  if (!path) return kInputAtFault;
  int exit_code = 0;
  const auto body = take_answer(admin.get(*path + "/events/" + seq), output, exit_code);
  if (!body) return exit_code;
  const auto& attributes = body->at("event");
  output.out << text_of(attributes, "type") << "  " << text_of(attributes, "source") << "  id " << text_of(attributes, "id") << '\n';
  std::string matched;
  for (const auto& rule : body->at("matched")) matched += (matched.empty() ? "" : ", ") + rule.get<std::string>();
  output.out << "matched: " << (matched.empty() ? "no rule" : matched) << "\n\n";
  std::vector<std::vector<std::string>> rows;
  for (const auto& step : body->at("journey"))
    rows.push_back({text_of(step, "at"), text_of(step, "what"), text_of(step, "rule"), text_of(step, "target"),
                    text_of(step, "attempt"), text_of(step, "status"), text_of(step, "took_ms"),
                    text_of(step, "error") + text_of(step, "reason")});
  print_table(output.out, {"AT", "WHAT", "RULE", "TARGET", "ATTEMPT", "STATUS", "MS", "ERROR"}, rows);
  return 0;
}

int dead_letters(ApiClient& admin, const std::string& channel, const Parameters& selection, const Output& output) {
  const auto path = channel_path(channel, output);
  if (!path) return kInputAtFault;
  int exit_code = 0;
  const auto body = take_answer(admin.get(*path + "/dead-letters" + query_string(selection)), output, exit_code);
  if (!body) return exit_code;
  std::vector<std::vector<std::string>> rows;
  for (const auto& letter : body->at("dead_letters"))
    rows.push_back({text_of(letter, "seq"), text_of(letter, "id"), text_of(letter, "rule"), text_of(letter, "target"),
                    text_of(letter, "reason"), text_of(letter, "attempts"), text_of(letter, "last_status"),
                    text_of(letter, "last_attempt"), text_of(letter, "last_error")});
  print_table(output.out, {"SEQ", "ID", "RULE", "TARGET", "REASON", "ATTEMPTS", "STATUS", "LAST", "ERROR"}, rows);
  tell_cursor(*body, output);
  return 0;
}

int redrive(ApiClient& admin, const std::string& channel, const Parameters& selection, const std::vector<std::string>& seqs,
            const Output& output) {
  const auto path = channel_path(channel, output);
  if (!path) return kInputAtFault;
  auto parameters = selection;
  for (const auto& seq : seqs) parameters.emplace_back("seq", seq);
  int exit_code = 0;
  const auto body = take_answer(admin.send("POST", *path + "/dead-letters/redrive" + query_string(parameters), "", {}), output, exit_code);
  if (!body) return exit_code;
  output.out << text_of(*body, "count") << " redriven\n";
  return 0;
}

int status(ApiClient& admin, const Output& output) {
  int exit_code = 0;
  const auto body = take_answer(admin.get("/v1/status"), output, exit_code);
  if (!body) return exit_code;
  std::vector<std::vector<std::string>> rows;
  for (const auto& [name, value] : body->items()) rows.push_back({name, value.is_string() ? value.get<std::string>() : value.dump()});
  for (const auto& row : rows) output.out << row[0] << std::string(18 - std::min<std::size_t>(17, row[0].size()), ' ') << row[1] << '\n';
  return 0;
}

int rules(ApiClient& admin, const std::string& channel, const Output& output) {
  const auto path = channel_path(channel, output);
  if (!path) return kInputAtFault;
  int exit_code = 0;
  const auto body = take_answer(admin.get(*path), output, exit_code);
  if (!body) return exit_code;
  std::vector<std::vector<std::string>> rows;
  for (const auto& rule : body->at("rules"))
    for (const auto& lane : rule.at("targets"))
      rows.push_back({text_of(rule, "name"), text_of(lane, "target"), text_of(lane, "matched"), text_of(lane, "delivered"),
                      text_of(lane, "pending"), text_of(lane, "retrying"), text_of(lane, "dead"),
                      rule.value("paused", false) ? "paused" : rule.value("enabled", true) ? text_of(lane, "circuit") : "disabled"});
  print_table(output.out, {"RULE", "TARGET", "MATCHED", "DELIVERED", "PENDING", "RETRYING", "DEAD", "STATE"}, rows);
  return 0;
}

int pause(ApiClient& admin, const std::string& channel, const std::string& rule, bool paused, const Output& output) {
  const auto path = channel_path(channel, output);
  if (!path) return kInputAtFault;
  int exit_code = 0;
  const auto body = take_answer(admin.send("POST", *path + "/rules/" + rule + (paused ? "/pause" : "/resume"), "", {}), output, exit_code);
  if (!body) return exit_code;
  output.out << rule << (paused ? " paused\n" : " resumed\n");
  return 0;
}

}  // namespace signalbox::client
