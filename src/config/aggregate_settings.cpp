#include "config/aggregate_settings.hpp"

#include <fmt/format.h>

#include <array>
#include <string_view>
#include <utility>

namespace signalbox::config {
namespace {

using namespace std::chrono_literals;

constexpr unsigned kEventsMost = 10'000;
constexpr Bytes kBytesLeast{1 << 10}, kBytesMost{8 << 20};

void read_key(ConfigReader& read, Aggregate& aggregate) {
  const ConfigNode* by = read.take("by");
  if (by == nullptr) return;
  aggregate.by_place = by->place();
  if (by->kind() == ConfigNode::Kind::scalar && !by->text().empty())
    aggregate.by = by->text();
  else
    read.fault("by", fmt::format("expected an attribute or a path such as $.data.customer, got {}", by->describe()));
}

}  // namespace

Aggregate read_aggregate(const ConfigNode& node, Diagnostics& out) {
  constexpr std::array<std::pair<std::string_view, Aggregate::Form>, 2> kForms{
      {{"event", Aggregate::Form::event}, {"batch", Aggregate::Form::batch}}};
  Aggregate aggregate;
  aggregate.path = node.path();
  ConfigReader read(node, out);
  read_key(read, aggregate);
  read("every", aggregate.every, 10ms, 24h);
  const bool spaced = read.has("up to");  // as one says it
  if (spaced && read.has("up_to")) {
    read.fault("up_to", "given beside \"up to\", which is the same");
    read.take("up to");
    read.take("up_to");
  } else {
    read(spaced ? "up to" : "up_to", aggregate.up_to, 1u, kEventsMost);
  }
  read("bytes", aggregate.bytes, kBytesLeast, kBytesMost);
  read.choice<Aggregate::Form>("as", aggregate.form, kForms);
  const bool bounded = read.has("every") || read.has("bytes") || read.has("up_to") || spaced;
  if (node.kind() == ConfigNode::Kind::mapping && !bounded)
    out.add({node.place(), node.path(), "missing: when a group is complete", "such as every: 30s, or up_to: 100, or bytes: 256KiB"});
  read.done();
  return aggregate;
}

}  // namespace signalbox::config
