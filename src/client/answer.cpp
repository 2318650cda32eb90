#include "client/answer.hpp"

#include <ostream>

#include "base/percent.hpp"

namespace signalbox::client {
namespace {

void tell_problem(const Answer& answer, std::ostream& err) {
  const auto problem = nlohmann::json::parse(answer.body, nullptr, false);
  if (!problem.is_object()) {
    err << "the daemon answered " << answer.status << '\n';
    return;
  }
  err << answer.status << ' ' << text_of(problem, "title") << ": " << text_of(problem, "detail") << '\n';
  if (!problem.contains("errors")) return;
  for (const auto& entry : problem["errors"]) {
    err << "  ";
    if (entry.contains("index")) err << "event " << entry["index"] << ": ";
    if (const auto where = text_of(entry, "where"); !where.empty()) err << where << ": ";
    err << text_of(entry, "message") << '\n';
  }
}

}  // namespace

std::optional<std::pair<std::string, std::string>> split_channel(const std::string& text) {
  const auto slash = text.find('/');
  if (slash == std::string::npos || slash == 0 || slash + 1 == text.size() || text.find('/', slash + 1) != std::string::npos)
    return std::nullopt;
  return std::pair(text.substr(0, slash), text.substr(slash + 1));
}

std::optional<std::string> channel_path(const std::string& channel, const Output& output) {
  const auto names = split_channel(channel);
  if (!names) {
    output.err << "channel: expected TENANT/CHANNEL, got \"" << channel << "\"\n";
    return std::nullopt;
  }
  return "/v1/tenants/" + base::percent_encode_path_segment(names->first) + "/channels/" +
         base::percent_encode_path_segment(names->second);
}

std::optional<nlohmann::json> take_answer(Result<Answer> answer, const Output& output, int& exit_code) {
  exit_code = kDone;
  if (!answer) {
    output.err << answer.error().message << '\n';
    exit_code = kDaemonOrNetworkAtFault;
    return std::nullopt;
  }
  if (answer->status < 200 || answer->status > 299) {
    if (output.json) output.out << answer->body;
    else tell_problem(*answer, output.err);
    exit_code = answer->status >= 500 || answer->status == 429 ? kDaemonOrNetworkAtFault : kInputAtFault;
    return std::nullopt;
  }
  if (output.json) {
    output.out << answer->body;
    return std::nullopt;
  }
  auto body = nlohmann::json::parse(answer->body, nullptr, false);
  if (body.is_discarded()) {
    output.err << "the daemon's answer is no JSON\n";
    exit_code = kDaemonOrNetworkAtFault;
    return std::nullopt;
  }
  return body;
}

std::string text_of(const nlohmann::json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || found->is_null()) return "";
  return found->is_string() ? found->get<std::string>() : found->dump();
}

}  // namespace signalbox::client
