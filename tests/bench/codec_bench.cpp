// links: signalbox_event
// What decoding and encoding one event of about 1 KiB costs, and what the scan of its JSON costs alone.
#include <benchmark/benchmark.h>

#include <string>
#include <variant>

#include "event/codec.hpp"
#include "event/json_scan.hpp"

namespace signalbox::event {
namespace {

/// An order of the usual kind, padded with items to about `size` bytes.
std::string order(std::size_t size) {
  std::string json =
      R"({"order":"A-10023","customer":{"name":"Jane Doe","city":"Zürich","vip":true},"total":1042.5,"items":[)";
  for (int i = 0; json.size() + 60 < size; ++i)
    json += (i ? ",{" : "{") + ("\"sku\":\"sku-" + std::to_string(1000 + i)) +
            R"(","count":2,"price":17.25,"note":null})";
  return json + "]}";
}

std::string structured(std::size_t size) {
  return R"({"specversion":"1.0","id":"5f0e2c7a-1f6d-4a3e-9a55-2f1b7c9d0e11","source":"https://shop.example/orders",)"
         R"("type":"com.acme.order.placed","subject":"A-10023","time":"2026-11-23T18:07:00.123Z",)"
         R"("datacontenttype":"application/json","partitionkey":"jane","sampledrate":7,"data":)" +
         order(size) + "}";
}

const base::HeaderField kBinary[] = {{"host", "127.0.0.1:8080"},
                                     {"ce-specversion", "1.0"},
                                     {"ce-id", "5f0e2c7a-1f6d-4a3e-9a55-2f1b7c9d0e11"},
                                     {"ce-source", "https://shop.example/orders"},
                                     {"ce-type", "com.acme.order.placed"},
                                     {"ce-subject", "A-10023"},
                                     {"ce-time", "2026-11-23T18:07:00.123Z"},
                                     {"ce-partitionkey", "jane"},
                                     {"content-type", "application/json"},
                                     {"content-length", "1024"}};
const base::HeaderField kStructured[] = {{"host", "127.0.0.1:8080"},
                                         {"content-type", "application/cloudevents+json"}};
const base::HeaderField kBatch[] = {{"content-type", "application/cloudevents-batch+json"}};

Event decoded_event(std::size_t size) {
  return std::get<Decoded>(decode(kStructured, structured(size), Limits())).events.front();
}

void count(benchmark::State& state, std::size_t bytes) {
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
}

void validate_text(benchmark::State& state) {
  const auto text = order(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(validate_json(text, 64));
  count(state, text.size());
}
BENCHMARK(validate_text)->Arg(1024)->Arg(65536);

void decode_binary_json(benchmark::State& state) {
  const auto body = order(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(decode(kBinary, body, Limits()));
  count(state, body.size());
}
BENCHMARK(decode_binary_json)->Arg(128)->Arg(1024)->Arg(65536);

void decode_binary_bytes(benchmark::State& state) {
  const std::string body(1024, 'x');
  const auto headers = std::span(kBinary).first(8);  // without Content-Type
  for (auto _ : state) benchmark::DoNotOptimize(decode(headers, body, Limits()));
}
BENCHMARK(decode_binary_bytes);

void decode_structured_json(benchmark::State& state) {
  const auto body = structured(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(decode(kStructured, body, Limits()));
  count(state, body.size());
}
BENCHMARK(decode_structured_json)->Arg(128)->Arg(1024)->Arg(65536);

void decode_batch_of_100(benchmark::State& state) {
  std::string body = "[";
  for (int i = 0; i < 100; ++i) body += (i ? "," : "") + structured(1024);
  body += ']';
  for (auto _ : state) benchmark::DoNotOptimize(decode(kBatch, body, Limits()));
  state.SetItemsProcessed(state.iterations() * 100);
}
BENCHMARK(decode_batch_of_100);

void write_binary_headers(benchmark::State& state) {
  const auto event = decoded_event(1024);
  std::string head;
  for (auto _ : state) {
    head.clear();
    append_binary_headers(head, event);
    benchmark::DoNotOptimize(head.data());
  }
}
BENCHMARK(write_binary_headers);

void write_json(benchmark::State& state) {
  const auto event = decoded_event(1024);
  std::string out;
  for (auto _ : state) {
    out.clear();
    append_json(out, event);
    benchmark::DoNotOptimize(out.data());
  }
}
BENCHMARK(write_json);

}  // namespace
}  // namespace signalbox::event
