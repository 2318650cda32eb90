#include "scenario/bus.hpp"

#include <iostream>
#include <utility>

namespace signalbox::scenario {
namespace {

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
  return text;
}

void append_lines(std::string& yaml, std::string_view indent, const std::vector<std::string>& lines) {
  for (const auto& line : lines) yaml.append(indent).append(line).append("\n");
}

}  // namespace

std::string acme(const std::vector<std::string>& targets, const std::vector<std::string>& rules) {
  std::string yaml = "tenants:\n  acme:\n    targets:\n";
  append_lines(yaml, "      ", targets);
  yaml += "    channels:\n      orders:\n        rules:\n";
  append_lines(yaml, "          ", rules);
  return yaml;
}

std::string acme_with_one_sink() {
  return acme({R"(sink: { http: { url: "{target}/sink" } })"}, {"all: { to: [sink], {quick} }"});
}

void Bus::SetUp() {
  if (test::signalbox_binary().empty())
    GTEST_SKIP() << "no daemon to test: set SIGNALBOX_BINARY or build signalbox";
}

void Bus::TearDown() {
  if (HasFailure() && daemon_) std::cerr << "the daemon's log:\n" << daemon_->log() << '\n';
}

test::DaemonConfig Bus::config_of(const std::string& tenants, const std::string& server_extra,
                                  const std::string& store_extra) const {
  auto filled = replaced(replaced(tenants, "{target}", target.url("")), "{quick}", kQuickRetry);
  return test::DaemonConfig{std::move(filled), server_extra, store_extra};
}

void Bus::start(const std::string& tenants, const std::string& server_extra, const std::string& store_extra) {
  daemon_ = std::make_unique<test::DaemonProcess>(config_of(tenants, server_extra, store_extra));
  daemon_->start();
}

Headers event_headers(const std::string& id, const std::string& type, const Headers& more) {
  Headers headers = {{"ce-specversion", "1.0"},
                     {"ce-id", id},
                     {"ce-source", "/scenario"},
                     {"ce-type", type},
                     {"Content-Type", "application/json"}};
  headers.insert(headers.end(), more.begin(), more.end());
  return headers;
}

HttpResponse Bus::post_events(const Headers& headers, const std::string& body) {
  return test::http_request("POST", daemon().ingest_url(kEvents), headers, body);
}

HttpResponse Bus::publish(const std::string& id, const std::string& type, const std::string& data,
                          const Headers& more) {
  return post_events(event_headers(id, type, more), data);
}

void Bus::accept(const std::string& id, const std::string& type, const std::string& data) {
  const auto response = publish(id, type, data);
  ASSERT_EQ(response.status, 202u) << response.body;
}

HttpResponse Bus::admin(const std::string& method, const std::string& path, const json& body) {
  if (body.is_null()) return test::http_request(method, daemon().admin_url(path));
  return test::http_request(method, daemon().admin_url(path), {{"Content-Type", "application/json"}},
                            body.dump());
}

json Bus::look(const std::string& path) {
  const auto response = admin("GET", path);
  EXPECT_EQ(response.status, 200u) << path << ": " << response.body;
  const auto document = json::parse(response.body, nullptr, false);
  EXPECT_FALSE(document.is_discarded()) << path << " is not JSON: " << response.body;
  return document;
}

std::uint64_t Bus::total(const std::string& name) { return look("/v1/status").at(name).get<std::uint64_t>(); }

bool Bus::total_becomes(const std::string& name, std::uint64_t value) {
  return wait_until([&] { return total(name) == value; });
}

bool Bus::drained() { return total_becomes("pending", 0); }

json Bus::dead_letters(const std::string& query) {
  return look(kChannel + "/dead-letters" + query).at("dead_letters");
}

json Bus::wait_for_dead_letters(std::size_t count) {
  wait_until([&] { return dead_letters().size() >= count; });
  return dead_letters();
}

std::vector<std::string> ids_of(const std::vector<test::RecordedRequest>& requests) {
  std::vector<std::string> ids;
  for (const auto& request : requests) ids.push_back(request.header("ce-id"));
  return ids;
}

}  // namespace signalbox::scenario
