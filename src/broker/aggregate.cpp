#include "broker/aggregate.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <cassert>
#include <optional>
#include <utility>

#include "base/units.hpp"
#include "event/codec.hpp"
#include "event/hops.hpp"
#include "event/validate.hpp"

namespace signalbox::broker {
namespace {

constexpr std::size_t kEnvelopeBytes = 32;  // of a member: what the record has and the JSON form adds to, about

bool fits_attribute(std::string_view key) {
  if (key.size() > kKeyBytesMost) return false;
  const Attribute attribute{kAggregateKey, AttributeType::string, key};
  return event::value_fault(attribute, std::nullopt).empty();
}

std::string array_of(const std::vector<StoredEventPtr>& members) {
  std::size_t size = 2;
  for (const auto& member : members) size += member->event.record().size() + kEnvelopeBytes;
  std::string data;
  data.reserve(size);
  for (const auto& member : members) {
    data += data.empty() ? '[' : ',';
    event::append_json(data, member->event);
  }
  data += ']';
  return data;
}

}  // namespace

std::uint64_t Aggregate::fingerprint() const {
  const auto text = fmt::format("{} {} {} {} {}", every.count(), up_to, bytes, static_cast<int>(form), by);
  return XXH3_64bits(text.data(), text.size());
}

std::string Aggregate::key_of(const Event& event) const {
  auto text = key ? key->of(event) : std::nullopt;
  if (!text) return {};
  if (fits_attribute(*text)) return std::move(*text);
  return fmt::format("xxh3:{:016x}", XXH3_64bits(text->data(), text->size()));
}

Event make_aggregate(const ChannelName& channel, std::string_view rule, std::string_view key,
                     const std::vector<StoredEventPtr>& members) {
  assert(!members.empty());
  EventBuilder builder;
  builder.set("specversion", "1.0");
  builder.set("id", fmt::format("{}-{}", members.front()->seq, members.back()->seq));
  builder.set("source", fmt::format("/{}/{}/{}", channel.tenant, channel.channel, rule));
  builder.set("type", kAggregateType);
  builder.set("datacontenttype", "application/json");
  if (!key.empty()) builder.set("subject", key);
  builder.set("time", base::format_time(members.back()->accepted_at));
  builder.set(kAggregateCount, std::to_string(members.size()), AttributeType::integer);
  if (!key.empty()) builder.set(kAggregateKey, key);
  int hops = 0;  // of the one that has come the farthest: circles stay bounded
  for (const auto& member : members) hops = std::max(hops, event::hops_of(member->event));
  if (hops > 0) builder.set(event::kHopsAttribute, std::to_string(hops), AttributeType::integer);
  builder.data(DataKind::json, array_of(members));
  return builder.build();
}

}  // namespace signalbox::broker
