// links: signalbox_schema
// sources: counted_heap.cpp
// What checking one event of about 1 KiB by a JSON Schema of the usual kind costs, in time and allocations,
// and what compiling the schema costs.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <string>

#include "bench/counted_heap.hpp"
#include "event/json_scan.hpp"
#include "schema/json_tape.hpp"
#include "schema/schema.hpp"

namespace signalbox::schema {
namespace {

constexpr std::string_view kOrderSchema = R"({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://shop.example/schemas/order",
  "type": "object",
  "required": ["order", "placed", "customer", "currency", "total", "items"],
  "properties": {
    "order": {"type": "string", "pattern": "^[A-Z]-[0-9]{5,12}$"},
    "placed": {"type": "string", "minLength": 20, "maxLength": 40},
    "channel": {"enum": ["web", "app", "shop", "phone"]},
    "customer": {
      "type": "object",
      "required": ["id", "name"],
      "properties": {
        "id": {"type": "integer", "minimum": 1},
        "name": {"type": "string", "minLength": 1, "maxLength": 200},
        "email": {"type": "string"},
        "vip": {"type": "boolean"},
        "address": {"$ref": "#/$defs/address"}
      },
      "additionalProperties": false
    },
    "currency": {"type": "string", "enum": ["CHF", "EUR", "GBP", "USD"]},
    "total": {"type": "number", "minimum": 0, "multipleOf": 0.01},
    "discount": {"type": ["number", "null"]},
    "tags": {"type": "array", "items": {"type": "string"}, "uniqueItems": true, "maxItems": 20},
    "note": {"type": "string", "maxLength": 2000},
    "items": {"type": "array", "minItems": 1, "maxItems": 1000, "items": {"$ref": "#/$defs/item"}}
  },
  "$defs": {
    "address": {
      "type": "object",
      "required": ["street", "city", "country"],
      "properties": {
        "street": {"type": "string"},
        "city": {"type": "string"},
        "zip": {"type": "string"},
        "country": {"type": "string", "minLength": 2, "maxLength": 2}
      }
    },
    "item": {
      "type": "object",
      "required": ["sku", "count", "price"],
      "properties": {
        "sku": {"type": "string", "minLength": 3, "maxLength": 40},
        "count": {"type": "integer", "minimum": 1},
        "price": {"type": "number", "exclusiveMinimum": 0}
      }
    }
  }
})";

/// An order with as many items as make about `size` bytes.
std::string order(std::size_t size) {
  std::string json =
      R"({"order":"A-10023","placed":"2026-11-23T18:07:00.123Z","channel":"web","customer":{"id":70113,)"
      R"("name":"Jane Doe","email":"jane.doe@mail.example","vip":true,"address":{"street":"Bahnhofstrasse 12",)"
      R"("city":"Zürich","zip":"8001","country":"CH"}},"currency":"CHF","total":1042.50,"discount":null,)"
      R"("tags":["gift","express"],"note":"Please ring twice; the bell is hard to hear from the yard.","items":[)";
  for (int i = 0; json.size() + 80 < size; ++i)
    json += (i ? ",{" : "{") + ("\"sku\":\"sku-" + std::to_string(100000 + i)) +
            R"(","count":2,"price":17.25,"title":"A thing for the kitchen"})";
  return json + "]}";
}

std::shared_ptr<const Schema> order_schema() {
  auto schema = Schema::compile(kOrderSchema);
  if (!schema) std::abort();
  return *schema;
}

void count_allocations(benchmark::State& state, std::uint64_t before) {
  state.counters["allocations"] =
      static_cast<double>(bench::heap_allocations() - before) / static_cast<double>(state.iterations());
}

void check_valid(benchmark::State& state) {
  const auto schema = order_schema();
  const auto json = order(static_cast<std::size_t>(state.range(0)));
  if (!schema->valid(json)) std::abort();
  const auto before = bench::heap_allocations();
  for (auto _ : state) benchmark::DoNotOptimize(schema->valid(json));
  count_allocations(state, before);
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(json.size()));
}
BENCHMARK(check_valid)->Arg(1024)->Arg(65536);

/// The part of it that reads the text.
void read_tape(benchmark::State& state) {
  const auto json = order(static_cast<std::size_t>(state.range(0)));
  JsonTape tape;
  for (auto _ : state) benchmark::DoNotOptimize(tape.read(json, 64));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(json.size()));
}
BENCHMARK(read_tape)->Arg(1024)->Arg(65536);

/// For comparison: the check that every event passes when it comes in.
void check_json(benchmark::State& state) {
  const auto json = order(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(event::validate_json(json, 64));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(json.size()));
}
BENCHMARK(check_json)->Arg(1024)->Arg(65536);

void describe_invalid(benchmark::State& state) {
  const auto schema = order_schema();
  auto json = order(1024);
  json.replace(json.find("\"CHF\""), 5, "\"SEK\"");
  json.replace(json.find("70113"), 5, "-7011");
  if (schema->validate(json).size() != 2) std::abort();
  for (auto _ : state) benchmark::DoNotOptimize(schema->validate(json));
}
BENCHMARK(describe_invalid);

void compile(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(Schema::compile(kOrderSchema));
}
BENCHMARK(compile);

}  // namespace
}  // namespace signalbox::schema
