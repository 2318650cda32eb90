#include "engine/local/channel_registry.hpp"

#include <algorithm>

#include "engine/local/bytes.hpp"

namespace signalbox::engine::local {
namespace {

constexpr char kTenant = 't';   // "t" name                        -> tenant number
constexpr char kChannel = 'c';  // "c" tenant number (u32) name    -> channel number
constexpr std::size_t kLongestName = 255;

std::string tenant_key(std::string_view name) { return std::string(1, kTenant).append(name); }

std::string channel_key(std::uint32_t tenant, std::string_view name) {
  std::string key(1, kChannel);
  for (int shift = 24; shift >= 0; shift -= 8) key.push_back(static_cast<char>(tenant >> shift));
  return key.append(name);
}

std::string encoded(std::uint32_t number) {
  std::string value;
  Writer(value).varint(number);
  return value;
}

}  // namespace

ChannelRegistry::Lease::Lease(Lease&& other) noexcept
    : registry_(std::exchange(other.registry_, nullptr)), name_(std::move(other.name_)) {}

ChannelRegistry::Lease::~Lease() {
  if (registry_) registry_->release(name_);
}

Status ChannelRegistry::load(const store::Store& store) {
  const std::lock_guard lock(mutex_);
  bool whole = true;
  const auto read = [&](std::string_view key, std::string_view value) {
    Reader in(value);
    const auto number = in.varint32();
    whole = in.good() && in.at_end() && number > 0;
    if (!whole) return store::Visit::stop;
    if (key[0] == kTenant) {
      tenants_.emplace(key.substr(1), Number{number, true});
      last_tenant_ = std::max(last_tenant_, number);
    } else if (key[0] == kChannel && key.size() > 5) {
      const auto tenant = static_cast<std::uint32_t>(number_in(key, 1, 4));
      channels_.emplace(std::pair(tenant, std::string(key.substr(5))), Number{number, true});
      last_channel_[tenant] = std::max(last_channel_[tenant], number);
    }
    return store::Visit::go_on;
  };
  for (const char kind : {kTenant, kChannel}) {
    const auto range = all_under(std::string_view(&kind, 1));
    if (auto status = store.scan(store::Family::meta, range, store::Order::ascending, read); !status) return status;
    if (!whole) return Error(Errc::corrupt, "the names of the channels cannot be read; restore the store from a backup");
  }
  return ok();
}

Result<ChannelRegistry::Taken> ChannelRegistry::take(const ChannelName& name) {
  for (const auto& part : {name.tenant, name.channel})
    if (part.empty() || part.size() > kLongestName)
      return Error(Errc::invalid_argument, "a tenant's or channel's name has 1 to 255 bytes");
  const std::lock_guard lock(mutex_);
  if (open_.contains(name))
    return Error(Errc::conflict, "channel " + name.tenant + "/" + name.channel + " is open already");
  store::Batch names;
  const auto [tenant, new_tenant] = tenants_.try_emplace(name.tenant, Number{last_tenant_ + 1, false});
  if (new_tenant) ++last_tenant_;
  const auto& [tenant_number, tenant_stored] = tenant->second;
  if (!tenant_stored) names.put(store::Family::meta, tenant_key(name.tenant), encoded(tenant_number));
  auto& last = last_channel_[tenant_number];
  const auto [channel, new_channel] =
      channels_.try_emplace(std::pair(tenant_number, name.channel), Number{last + 1, false});
  if (new_channel) ++last;
  const auto& [number, channel_stored] = channel->second;
  if (!channel_stored) names.put(store::Family::meta, channel_key(tenant_number, name.channel), encoded(number));
  open_.insert(name);
  return Taken{Lease(*this, name), ChannelNumbers{tenant_number, number}, std::move(names)};
}

void ChannelRegistry::stored(const ChannelName& name) {
  const std::lock_guard lock(mutex_);
  auto& tenant = tenants_.find(name.tenant)->second;
  tenant.stored = true;
  channels_.find(std::pair(tenant.value, name.channel))->second.stored = true;
}

void ChannelRegistry::release(const ChannelName& name) {
  const std::lock_guard lock(mutex_);
  open_.erase(name);
}

}  // namespace signalbox::engine::local
