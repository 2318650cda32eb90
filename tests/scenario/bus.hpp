#pragma once
#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/daemon_process.hpp"
#include "support/recording_target.hpp"

namespace signalbox::scenario {

using nlohmann::json;
using test::Answer;
using test::Headers;
using test::HttpResponse;
using test::kPatience;
using test::wait_until;

/// A retry policy that is over soon: five attempts, 20 ms apart.
inline constexpr std::string_view kQuickRetry =
    "retry: { attempts: 5, initial: 20ms, factor: 1, jitter: none }";

/// A tenant `acme` with one channel `orders`; targets and rules are lines of YAML, one each, without
/// indentation: `crm: { http: { url: "{target}/crm" } }`.  `{target}` becomes the recording target's address
/// and `{quick}` kQuickRetry.
std::string acme(const std::vector<std::string>& targets, const std::vector<std::string>& rules);

/// One rule `all` without a filter, to one target `sink` at the path /sink.
std::string acme_with_one_sink();

/// Base of the scenarios: a daemon of their own and a target that records.  Skips where there is no daemon to
/// test.
class Bus : public testing::Test {
 protected:
  void SetUp() override;
  /// Shows the daemon's log when the test has failed.
  void TearDown() override;

  /// Starts a daemon with these tenants (`{target}` and `{quick}` are replaced) and waits until it is ready.
  void start(const std::string& tenants, const std::string& server_extra = {},
             const std::string& store_extra = {});
  test::DaemonConfig config_of(const std::string& tenants, const std::string& server_extra = {},
                               const std::string& store_extra = {}) const;
  test::DaemonProcess& daemon() { return *daemon_; }

  /// Publishes one event in binary mode to acme/orders.
  HttpResponse publish(const std::string& id, const std::string& type = "test.event",
                       const std::string& data = "{}", const Headers& more = {});
  /// Publishes, and expects 202.
  void accept(const std::string& id, const std::string& type = "test.event", const std::string& data = "{}");
  HttpResponse post_events(const Headers& headers, const std::string& body);

  HttpResponse admin(const std::string& method, const std::string& path, const json& body = nullptr);
  /// GET of a JSON document; expects 200.
  json look(const std::string& path);
  /// A figure of /v1/status.
  std::uint64_t total(const std::string& name);
  /// Waits until nothing is pending.
  bool drained();
  /// Waits until the figure has that value.
  bool total_becomes(const std::string& name, std::uint64_t value);
  json dead_letters(const std::string& query = {});
  /// Waits until there are so many dead letters, and returns what there are.
  json wait_for_dead_letters(std::size_t count);

  test::RecordingTarget target;

 private:
  std::unique_ptr<test::DaemonProcess> daemon_;
};

/// The ids of the requests' events, in order of arrival.
std::vector<std::string> ids_of(const std::vector<test::RecordedRequest>& requests);

/// Headers of an event in binary mode.
Headers event_headers(const std::string& id, const std::string& type = "test.event",
                      const Headers& more = {});

inline const std::string kChannel = "/v1/tenants/acme/channels/orders";
inline const std::string kEvents = "/v1/acme/orders/events";

}  // namespace signalbox::scenario
