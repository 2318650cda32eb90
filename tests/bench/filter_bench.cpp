// links: signalbox_pipeline
// sources: city_lots.cpp city_rules.cpp counted_heap.cpp
// What matching costs by kind and number of rules, beside what event-ruler and quamina do with the same.
//   bench_filter --check      measures nothing: compares what the matcher finds with what each filter says
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <string>
#include <string_view>

#include "bench/city_lots.hpp"
#include "bench/city_rules.hpp"
#include "bench/counted_heap.hpp"
#include "pipeline/matcher.hpp"

namespace signalbox::bench {
namespace {

using pipeline::FilterSpec;
using pipeline::Matcher;
using MatcherPointer = std::shared_ptr<const Matcher>;
using Rules = std::vector<Matcher::Rule>;
using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kEvents = 32'768;  // a power of two; more than caches and branch predictors remember

const CityLots& city() {
  static const CityLots the_city(2026);
  return the_city;
}

const std::vector<Event>& events() {
  static const auto the_events = [] {
    std::vector<Event> all;
    for (std::size_t i = 0; i < kEvents; ++i) all.push_back(city().event(i));
    return all;
  }();
  return the_events;
}

/// Does the geometry come in, where the scenario itself does not look there?
enum class Added { nothing, rule_at_the_end };

std::vector<FilterSpec> specs(const Scenario& scenario, Added added) {
  auto all = specs(scenario, city());
  if (added == Added::rule_at_the_end) all.push_back(rule_at_the_end());
  return all;
}

Matcher::Rule compile(std::size_t id, const FilterSpec& spec) {
  auto filter = compile_filter(spec);
  if (!filter) {
    std::fprintf(stderr, "%s: %s\n", spec.text.c_str(), filter.error().message.c_str());
    std::exit(1);
  }
  return {RuleId(static_cast<std::uint32_t>(id)), *std::move(filter)};
}

Rules compile(const std::vector<FilterSpec>& specs) {
  Rules rules;
  rules.reserve(specs.size());
  for (const auto& spec : specs) rules.push_back(compile(rules.size() + 1, spec));
  return rules;
}

MatcherPointer make_matcher(Rules rules) { return std::make_shared<const Matcher>(std::move(rules)); }

MatcherPointer with_one_more(const MatcherPointer& matcher, Matcher::Rule added) {
  return matcher->changed({}, {std::move(added)});
}

// Matching
// -----------------------------------------------------------------------------------------------------

/// Kept between calls: Google Benchmark calls a function several times to find the number of iterations.
MatcherPointer matcher_for(const Scenario& scenario, Added added) {
  static MatcherPointer last;
  static std::string last_name;
  auto name = std::string(scenario.name) + std::to_string(scenario.rules) + "/" +
              std::to_string(static_cast<int>(added));
  if (name != last_name) {
    last.reset();
    last = make_matcher(compile(specs(scenario, added)));
    last_name = std::move(name);
  }
  return last;
}

/// Matches the first events until `until`; how many.
std::size_t match_some(const Matcher& matcher, std::vector<RuleId>& matched, SteadyClock::time_point until) {
  std::size_t count = 0;
  do matcher.match(events()[count++], matched);
  while (count < kEvents && SteadyClock::now() < until);
  return count;
}

/// Allocations per match of events that have been seen before: buffers have grown to the size that they keep.
double steady_allocations(const Matcher& matcher, std::vector<RuleId>& matched) {
  const auto seen = match_some(matcher, matched, SteadyClock::now() + std::chrono::milliseconds(200));
  const auto before = heap_allocations();
  for (std::size_t i = 0; i < seen; ++i) matcher.match(events()[i], matched);
  return static_cast<double>(heap_allocations() - before) / static_cast<double>(seen);
}

void count_peers(benchmark::State& state, const Peers& peers) {
  state.counters["event_ruler"] = peers.event_ruler;
  state.counters["quamina"] = peers.quamina;
  const auto better = std::max(peers.event_ruler, peers.quamina);
  state.counters["ratio"] =
      benchmark::Counter(static_cast<double>(state.iterations()) / better, benchmark::Counter::kIsRate);
}

void match(benchmark::State& state, const Scenario& scenario, Added added) {
  const auto matcher = matcher_for(scenario, added);
  const auto& all = events();
  std::vector<RuleId> matched;
  const auto allocations = steady_allocations(*matcher, matched);
  std::size_t at = 0, found = 0;
  for (auto _ : state) {
    const auto next = (at + 1) % kEvents;
    Matcher::expect(all[next]);  // as a channel does with the events of a request
    matcher->match(all[at], matched);
    at = next;
    found += matched.size();
  }
  state.SetItemsProcessed(state.iterations());
  state.counters["matched"] =
      benchmark::Counter(static_cast<double>(found), benchmark::Counter::kAvgIterations);
  state.counters["allocations"] = allocations;
  count_peers(state, scenario.peers);
}

// Building
// -----------------------------------------------------------------------------------------------------

/// What the process has computed so far: others may have the machine meanwhile.
double cpu_milliseconds() {
  timespec used{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) * 1e3 + static_cast<double>(used.tv_nsec) / 1e6;
}

/// From texts to a matcher: what of it is compiling, and what the matcher keeps on the heap.
void build(benchmark::State& state, const Scenario& scenario) {
  const auto texts = specs(scenario, Added::nothing);
  compile(0, texts.front());  // whatever the first one leaves behind
  for (auto _ : state) {
    return_free_heap();
    const auto before = heap_bytes();
    const auto begin = cpu_milliseconds();
    auto rules = compile(texts);
    const auto compiled = cpu_milliseconds();
    auto matcher = make_matcher(std::move(rules));
    state.counters["build_ms"] = cpu_milliseconds() - begin;
    state.counters["compile_ms"] = compiled - begin;
    rules = Rules();
    state.counters["bytes_a_rule"] =
        static_cast<double>(heap_bytes() - before) / static_cast<double>(scenario.rules);
  }
}

/// Compiles one rule and adds it, each time to what came out of the time before.
void add_one(benchmark::State& state, const Scenario& scenario) {
  auto larger = scenario;
  larger.rules += static_cast<std::size_t>(state.max_iterations);
  const auto texts = specs(larger, Added::nothing);
  auto rules = compile({texts.begin(), texts.begin() + static_cast<std::ptrdiff_t>(scenario.rules)});
  auto matcher = make_matcher(rules);
  double sum = 0, worst = 0;
  for (auto _ : state) {
    const auto begin = cpu_milliseconds();
    auto added = compile(rules.size() + 1, texts[rules.size()]);
    auto changed = with_one_more(matcher, added);
    const auto took = cpu_milliseconds() - begin;
    sum += took;
    worst = std::max(worst, took);
    rules.push_back(std::move(added));
    matcher = std::move(changed);
  }
  state.counters["add_ms"] = benchmark::Counter(sum, benchmark::Counter::kAvgIterations);
  state.counters["worst_ms"] = worst;
}

// Checking
// -----------------------------------------------------------------------------------------------------

/// Every rule that wants the event, found by asking each filter by itself.
std::vector<RuleId> asked_alone(const Rules& rules, const Event& event) {
  std::vector<RuleId> wanted;
  for (const auto& rule : rules)
    if (rule.filter->matches(event)) wanted.push_back(rule.id);
  return wanted;
}

/// Half of the events are of any lots, half of those for which rules were written.  The last rule is also
/// added by itself: that checks the incremental change.
bool check(const Scenario& scenario, Added added) {
  constexpr std::size_t kAsked = 400'000;  // filters in all, about
  const auto rules = compile(specs(scenario, added));
  const Rules but_first(rules.begin() + 1, rules.end());
  const MatcherPointer matchers[] = {make_matcher(rules),
                                     with_one_more(make_matcher(but_first), rules.front())};
  const auto count = std::clamp<std::size_t>(kAsked / rules.size(), 8, 4000);
  std::size_t wrong = 0, found = 0;
  std::vector<RuleId> matched;
  for (std::size_t i = 0; i < count; ++i) {
    const auto event = city().event(i % 2 ? i : lot_of_rule(i / 2));
    const auto wanted = asked_alone(rules, event);
    found += wanted.size();
    for (const auto& matcher : matchers) {
      matcher->match(event, matched);
      wrong += matched != wanted ? 1 : 0;
    }
  }
  std::printf("%s, %zu rules: %zu events, %.3f rules each%s\n", std::string(scenario.name).c_str(),
              rules.size(), count, static_cast<double>(found) / static_cast<double>(count),
              wrong        ? ": WRONG"
              : found == 0 ? ": NOTHING MATCHES"
                           : "");
  return wrong == 0 && found > 0;
}

template <class Action>
void for_each_match(Action action) {
  for (const auto& scenario : scenarios()) {
    action(scenario, Added::nothing);
    if (scenario.looks == Scenario::Looks::at_properties) action(scenario, Added::rule_at_the_end);
  }
}

int check_all() {
  std::size_t bytes = 0;
  for (const auto& event : events()) bytes += event.data().size();
  std::printf("%zu events of %zu bytes\n", events().size(), bytes / events().size());
  bool right = true;
  for_each_match([&](const Scenario& scenario, Added added) { right = check(scenario, added) && right; });
  return right ? 0 : 1;
}

void register_all() {
  const auto named = [](const char* what, const Scenario& scenario, std::string_view end) {
    return std::string(what) + "/" + std::string(scenario.name) + "/" + std::to_string(scenario.rules) +
           std::string(end);
  };
  for_each_match([&](const Scenario& scenario, Added added) {
    const bool whole = added != Added::nothing || scenario.looks == Scenario::Looks::at_geometry;
    benchmark::RegisterBenchmark(named("match", scenario, whole ? "/geometry" : "/properties").c_str(), match,
                                 scenario, added);
  });
  for (const auto& scenario : scenarios()) {
    if (scenario.rules != 100'000) continue;
    benchmark::RegisterBenchmark(named("build", scenario, "").c_str(), build, scenario)
        ->Iterations(1)
        ->Unit(benchmark::kMillisecond);
    benchmark::RegisterBenchmark(named("add_one", scenario, "").c_str(), add_one, scenario)
        ->Iterations(10)
        ->Unit(benchmark::kMillisecond);
  }
}

}  // namespace
}  // namespace signalbox::bench

int main(int argc, char** argv) {
  if (argc == 2 && std::string_view(argv[1]) == "--check") return signalbox::bench::check_all();
  signalbox::bench::register_all();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
}
