#include "api/problem.hpp"

#include <fmt/format.h>

#include <boost/beast/http/status.hpp>

namespace signalbox::api {
namespace {

struct Mapping {
  unsigned status;
  const char* name;
  unsigned retry_after;  // seconds; 0: none
};

Mapping mapping_of(Errc code) {
  switch (code) {
    case Errc::invalid_argument: return {400, "invalid-argument", 0};
    case Errc::invalid_data: return {422, "invalid-data", 0};
    case Errc::not_found: return {404, "not-found", 0};
    case Errc::conflict: return {409, "conflict", 0};
    case Errc::unauthorized: return {401, "unauthorized", 0};
    case Errc::forbidden: return {403, "forbidden", 0};
    case Errc::over_quota: return {429, "over-quota", 1};
    case Errc::overloaded: return {503, "overloaded", 1};
    case Errc::too_large: return {413, "too-large", 0};
    case Errc::no_space: return {507, "no-space", 10};
    case Errc::storage: return {503, "storage-failed", 10};
    case Errc::corrupt: return {500, "store-damaged", 0};
    case Errc::network: return {502, "network", 0};
    case Errc::timed_out: return {504, "timed-out", 0};
    case Errc::cancelled: return {503, "stopping", 1};
    case Errc::unsupported: return {501, "unsupported", 0};
  }
  return {500, "internal", 0};
}

}  // namespace

http::Response json_response(std::string body, unsigned status) {
  http::Response response;
  response.status = status;
  response.headers.emplace_back("Content-Type", "application/json");
  response.body = std::move(body);
  return response;
}

http::Response problem(unsigned status, std::string_view name, std::string_view detail,
                       const std::vector<ProblemEntry>& errors) {
  std::string body = fmt::format(R"({{"type":"urn:signalbox:problem:{}","title":)", name);
  event::append_json_string(body, std::string(boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(status))));
  body += fmt::format(R"(,"status":{},"detail":)", status);
  event::append_json_string(body, detail);
  if (!errors.empty()) {
    body += R"(,"errors":[)";
    for (const auto& entry : errors) {
      if (body.back() != '[') body += ',';
      body += '{';
      if (entry.index) body += fmt::format(R"("index":{},)", *entry.index);
      body += R"("where":)";
      event::append_json_string(body, entry.where);
      body += R"(,"message":)";
      event::append_json_string(body, entry.message);
      body += '}';
    }
    body += ']';
  }
  body += "}\n";
  http::Response response;
  response.status = status;
  response.headers.emplace_back("Content-Type", "application/problem+json");
  if (status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
  response.body = std::move(body);
  return response;
}

http::Response problem(const Error& error) {
  const auto mapping = mapping_of(error.code);
  std::vector<ProblemEntry> entries;
  for (const auto& detail : error.details) entries.push_back({detail.index, detail.where, detail.message});
  auto response = problem(mapping.status, mapping.name, error.message, entries);
  if (mapping.retry_after != 0) response.headers.emplace_back("Retry-After", std::to_string(mapping.retry_after));
  return response;
}

http::Response problem(const event::DecodeFailure& failure, std::string_view consequence) {
  std::vector<ProblemEntry> entries;
  for (const auto& fault : failure.faults) entries.push_back({fault.index, fault.where, fault.message});
  switch (failure.kind) {
    case event::DecodeFailure::Kind::malformed:
      return problem(400, "invalid-event",
                     fmt::format("the request holds no valid CloudEvent; {}", consequence), entries);
    case event::DecodeFailure::Kind::unsupported_media_type:
      return problem(415, "unsupported-media-type", "the media type is not one that carries CloudEvents", entries);
    case event::DecodeFailure::Kind::too_large:
      return problem(413, "too-large", fmt::format("over a size limit; {}", consequence), entries);
  }
  return problem(400, "invalid-event", "", entries);
}

http::Response problem(const Diagnostics& diagnostics) {
  std::vector<ProblemEntry> entries;
  for (const auto& fault : diagnostics.faults()) {
    auto message = fault.path.empty() ? fault.message : fault.path + ": " + fault.message;
    if (!fault.hint.empty()) message += " (" + fault.hint + ")";
    entries.push_back({std::nullopt, fault.place.to_string(), std::move(message)});
  }
  return problem(422, "invalid-configuration", "the configuration has faults; nothing was changed", entries);
}

}  // namespace signalbox::api
