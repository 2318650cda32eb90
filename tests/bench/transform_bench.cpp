// links: signalbox_pipeline signalbox_event signalbox_config
// What each kind of transform costs on an event of about 1 KiB, and as a ratio to passing it through: to
// copying the event, which is the least that a transform with a result of its own can do.  All in one run, so
// that the ratios hold on any machine.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <ctime>
#include <iostream>
#include <memory>
#include <string>
#include <variant>

#include "config/yaml.hpp"
#include "event/codec.hpp"
#include "pipeline/transformer_reader.hpp"

namespace signalbox::pipeline {
namespace {

Event order() {
  std::string json =
      R"({"order":"A-10023","customer":{"name":"Jane Doe","city":"Zürich","vip":true},"items":[)";
  for (int i = 0; json.size() < 950; ++i)
    json +=
        (i ? ",{" : "{") + ("\"sku\":\"sku-" + std::to_string(1000 + i)) + R"(","count":2,"price":17.25})";
  EventBuilder builder;
  builder.set("specversion", "1.0").set("id", "5f0e2c7a-1f6d-4a3e-9a55-2f1b7c9d0e11");
  builder.set("source", "https://shop.example/orders").set("type", "com.acme.order.placed");
  builder.set("datacontenttype", "application/json").set("subject", "A-10023");
  builder.set("time", "2026-11-23T18:07:00.123Z").set("partitionkey", "jane");
  return builder.data(DataKind::json, json + R"(],"total":1042.5})").build();
}

std::shared_ptr<const Transformer> compile(const std::string& yaml) {
  Diagnostics faults;
  config::TreeBudget budget;
  const config::SourceText source{std::make_shared<const std::string>("transform"), yaml};
  const auto node = config::parse_yaml(source, budget, faults);
  auto transformer = node ? read_transformer(*node, faults) : nullptr;
  for (const auto& fault : faults.faults()) std::cerr << fault.path << ": " << fault.message << '\n';
  if (!transformer) std::exit(1);
  return transformer;
}

double pass_through_seconds = 0;

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// Seconds of CPU that one call of `work` takes.
template <class Work>
double measure(benchmark::State& state, Work work) {
  const auto began = cpu_seconds();
  for (auto _ : state) work();
  return (cpu_seconds() - began) / static_cast<double>(state.iterations());
}

void pass_through(benchmark::State& state) {
  const auto event = order();
  pass_through_seconds = measure(state, [&] {
    auto made = just(event);
    benchmark::DoNotOptimize(made);
  });
}

void transform(benchmark::State& state, const char* yaml) {
  const auto event = order();
  const auto transformer = compile(yaml);
  const TransformContext context{"acme", "orders", "big", WallTime()};
  if (!transformer->apply(event, context)) state.SkipWithError("the transform failed");
  const auto seconds = measure(state, [&] {
    auto made = transformer->apply(event, context);
    benchmark::DoNotOptimize(made);
  });
  if (pass_through_seconds > 0) state.counters["times_pass_through"] = seconds / pass_through_seconds;
}

BENCHMARK(pass_through);
BENCHMARK_CAPTURE(transform, constant, "constant: { hello: world }");
BENCHMARK_CAPTURE(transform, text, "template: 'order <$.data.order> of <$.data.customer.name>'");
BENCHMARK_CAPTURE(transform, json, R"(
paths: { who: $.data.customer.name, city: $.data.customer.city, total: $.data.total }
template: { greeting: "Hello <who>", city: <city>, total: <total> }
)");
BENCHMARK_CAPTURE(transform, object, "template: { customer: <$.data.customer>, items: <$.data.items> }");
BENCHMARK_CAPTURE(transform, wildcard, "template: { skus: '<$.data.items[*].sku>' }");
BENCHMARK_CAPTURE(transform, whole_event, "template: { event: <aws.events.event.json> }");
BENCHMARK_CAPTURE(transform, set, "set: { type: com.acme.seen, level: 5 }");
BENCHMARK_CAPTURE(transform, set_from_path, "set: { customer: $.data.customer.name }");
BENCHMARK_CAPTURE(transform, remove, "remove: [subject]");
BENCHMARK_CAPTURE(transform, raw, R"(
template: "<$.data.order>;<$.data.total>"
raw: { content_type: text/csv, headers: { x-kind: "<$.type>" } }
)");
BENCHMARK_CAPTURE(transform, chain_of_3, R"(
- set: { type: com.acme.seen }
- remove: [subject]
- template: { type: <$.type>, total: <$.data.total> }
)");

}  // namespace
}  // namespace signalbox::pipeline
