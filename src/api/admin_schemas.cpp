// The schemas of tenants: docs/schemas.md, "The registry".
#include <charconv>
#include <optional>

#include "api/admin.hpp"
#include "api/json_text.hpp"
#include "api/problem.hpp"
#include "base/units.hpp"

namespace signalbox::api {

namespace asio = boost::asio;

namespace {

using registry::RegisteredSchema;
using registry::RegisteredVersion;

/// From 1; nullopt when it is no such number.
std::optional<std::uint32_t> parse_version(std::string_view text) {
  std::uint32_t number = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (ec != std::errc{} || end != text.data() + text.size() || number == 0) return std::nullopt;
  return number;
}

void write_schema(JsonText& json, const RegisteredSchema& schema) {
  json.key("name").string(schema.name).key("compatibility").string(to_text(schema.compatibility));
  json.key("discovered").boolean(schema.discovered).key("declared").boolean(schema.declared);
}

void write_version(JsonText& json, const RegisteredVersion& version) {
  json.key("version")
      .number(version.number())
      .key("created_at")
      .string(base::format_time(version.created_at()));
  json.key("bytes").number(version.text().size());
}

http::Response schema_problem(const Error& error) {
  std::vector<ProblemEntry> entries;
  for (const auto& detail : error.details) entries.push_back({std::nullopt, detail.where, detail.message});
  if (error.code == Errc::invalid_data) return problem(422, "invalid-schema", error.message, entries);
  if (error.code == Errc::conflict && !entries.empty())
    return problem(409, "incompatible-schema", error.message, entries);
  return problem(error);
}

http::Response no_such_schema() { return problem(404, "not-found", "no such schema"); }
http::Response no_such_version() { return problem(404, "not-found", "the schema has no such version"); }
http::Response no_such_parameter(const std::string& name) {
  return problem(400, "invalid-argument", "unknown parameter " + name);
}

}  // namespace

/// 404 unless the tenant runs.
std::optional<http::Response> Admin::refuse_tenant(const Call& call) const {
  const auto topology = services_.broker.topology();
  if (topology->tenants.contains(call.captures[0])) return std::nullopt;
  return problem(404, "not-found", "no such tenant");
}

asio::awaitable<http::Response> Admin::schemas(Call& call) {
  if (auto refusal = refuse_tenant(call)) co_return std::move(*refusal);
  const auto snapshot = services_.schemas.snapshot();
  JsonText json;
  json.begin_object().key("schemas").begin_array();
  for (const auto& [name, schema] : snapshot->of(call.captures[0])) {
    json.begin_object();
    write_schema(json, *schema);
    json.key("versions").number(schema->versions.size());
    json.key("latest").begin_object();
    write_version(json, schema->latest());
    json.end_object().end_object();
  }
  json.end_array().end_object();
  co_return json_response(json.take());
}

asio::awaitable<http::Response> Admin::schema(Call& call) {
  if (auto refusal = refuse_tenant(call)) co_return std::move(*refusal);
  const auto schema = services_.schemas.snapshot()->find(call.captures[0], call.captures[1]);
  if (!schema) co_return no_such_schema();
  JsonText json;
  json.begin_object();
  write_schema(json, *schema);
  json.key("versions").begin_array();
  for (const auto& version : schema->versions) {
    json.begin_object();
    write_version(json, *version);
    json.end_object();
  }
  json.end_array().key("latest").begin_object();
  write_version(json, schema->latest());
  json.key("schema").raw(schema->latest().text()).end_object().end_object();
  co_return json_response(json.take());
}

asio::awaitable<http::Response> Admin::schema_version(Call& call) {
  if (auto refusal = refuse_tenant(call)) co_return std::move(*refusal);
  const auto schema = services_.schemas.snapshot()->find(call.captures[0], call.captures[1]);
  if (!schema) co_return no_such_schema();
  const bool latest = call.captures[2] == "latest";
  const auto number = latest ? std::optional<std::uint32_t>(0) : parse_version(call.captures[2]);
  const auto* version = number ? schema->find(*number) : nullptr;
  if (version == nullptr) co_return no_such_version();
  http::Response response;
  response.headers.emplace_back("Content-Type", "application/schema+json");
  response.headers.emplace_back("Signalbox-Schema-Version", std::to_string(version->number()));
  response.body = version->text();
  co_return response;
}

asio::awaitable<http::Response> Admin::put_schema(Call& call) {
  if (auto refusal = refuse_tenant(call)) co_return std::move(*refusal);
  registry::Proposal proposal{call.captures[0], call.captures[1], std::move(call.request.body)};
  if (call.captures.size() > 2) {
    proposal.version = parse_version(call.captures[2]);
    if (!proposal.version) co_return problem(400, "invalid-argument", "a version is a number from 1");
  }
  for (const auto& [name, value] : call.query) {
    if (name != "compatibility") co_return no_such_parameter(name);
    proposal.compatibility = schema::parse_compatibility(value);
    if (!proposal.compatibility)
      co_return problem(400, "invalid-argument", "compatibility is one of none, backward, forward, full");
  }
  auto name = proposal.name;
  auto registered = co_await services_.schemas.put(std::move(proposal));
  if (!registered) co_return schema_problem(registered.error());
  JsonText json;
  json.begin_object().key("name").string(name).key("version").number(registered->version);
  json.key("created").boolean(registered->created).end_object();
  co_return json_response(json.take(), registered->created ? 201 : 200);
}

asio::awaitable<http::Response> Admin::delete_schema(Call& call) {
  if (auto refusal = refuse_tenant(call)) co_return std::move(*refusal);
  for (const auto& [name, value] : call.query) co_return no_such_parameter(name);
  std::uint32_t version = 0;
  if (call.captures.size() > 2) {
    const auto number = parse_version(call.captures[2]);
    if (!number) co_return no_such_version();
    version = *number;
  }
  auto gone = co_await services_.schemas.remove(call.captures[0], call.captures[1], version);
  if (!gone) co_return problem(gone.error());
  JsonText json;
  json.begin_object().key("deleted").number(*gone).end_object();
  co_return json_response(json.take());
}

}  // namespace signalbox::api
