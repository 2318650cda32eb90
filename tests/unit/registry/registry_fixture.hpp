#pragma once
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <vector>

#include "registry/schema_registry.hpp"
#include "support/memory_schemas.hpp"
#include "support/run_coroutine.hpp"
#include "support/virtual_clock.hpp"

namespace signalbox::registry {

/// A registry on a store in memory, which can be opened again; the tenant is "acme".
class RegistryTest : public testing::Test {
 protected:
  RegistryTest() { reopen(); }

  void reopen() {
    registry = std::make_unique<SchemaRegistry>(io.get_executor(), store, clock, bounds);
    registry->set_listener([this](const Snapshot&, std::string_view tenant) { told.emplace_back(tenant); });
    const auto loaded = run(registry->load());
    ASSERT_TRUE(loaded) << loaded.error().message;
  }

  template <class T>
  T run(boost::asio::awaitable<T> task) {
    return test::run_coroutine(io, std::move(task));
  }

  Result<Registration> put(const std::string& name, const std::string& text,
                           std::optional<schema::Compatibility> compatibility = std::nullopt) {
    return run(registry->put({"acme", name, text, compatibility}));
  }
  /// Expects that it is registered.
  void accept(const std::string& name, const std::string& text) {
    const auto registered = put(name, text);
    EXPECT_TRUE(registered) << registered.error().message;
  }
  /// The version's number; 0, and a failure, when it was refused.
  std::uint32_t version_of(const Result<Registration>& registration) {
    EXPECT_TRUE(registration) << registration.error().message;
    return registration ? registration->version : 0;
  }
  Result<std::size_t> remove(const std::string& name, std::uint32_t version = 0) {
    return run(registry->remove("acme", name, version));
  }
  /// What is at fault with a configuration, a line each; "" when it is in force.
  std::string declare(std::vector<Proposal> schemas, std::vector<Use> uses = {}) {
    Declarations wanted;
    for (auto& schema : schemas) {
      auto path = "schemas." + schema.name;
      wanted.schemas.push_back({std::move(schema), {}, std::move(path)});
    }
    wanted.uses = std::move(uses);
    Diagnostics faults;
    const auto status = run(registry->declare(std::move(wanted), faults));
    EXPECT_TRUE(status) << status.error().message;
    std::string text;
    for (const auto& fault : faults.faults())
      text += fault.path + ": " + fault.message + (fault.hint.empty() ? "" : " (" + fault.hint + ")") + "\n";
    return text;
  }
  std::shared_ptr<const RegisteredSchema> find(const std::string& name) {
    return registry->snapshot()->find("acme", name);
  }
  /// "1 3" of the versions that are there.
  std::string numbers(const std::string& name) {
    std::string text;
    if (const auto schema = find(name))
      for (const auto& version : schema->versions)
        text += (text.empty() ? "" : " ") + std::to_string(version->number());
    return text;
  }

  boost::asio::io_context io;
  test::VirtualClock clock;
  test::MemorySchemas store;
  Bounds bounds;
  std::vector<std::string> told;  ///< by the listener
  std::unique_ptr<SchemaRegistry> registry;
};

}  // namespace signalbox::registry
