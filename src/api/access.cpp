#include "api/access.hpp"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <xxhash.h>

#include "base/header_field.hpp"

namespace signalbox::api {
namespace {

std::uint8_t bit(Right right) { return static_cast<std::uint8_t>(1u << static_cast<unsigned>(right)); }

std::string_view bearer_token(std::string_view authorization) {
  constexpr std::string_view kScheme = "Bearer ";
  if (authorization.size() <= kScheme.size() ||
      !base::equals_ignoring_case(authorization.substr(0, kScheme.size()), kScheme))
    return {};
  auto token = authorization.substr(kScheme.size());
  while (!token.empty() && token.front() == ' ') token.remove_prefix(1);
  return token;
}

}  // namespace

Access::Access() {
  RAND_bytes(reinterpret_cast<unsigned char*>(secret_.data()), static_cast<int>(sizeof secret_));
}

std::uint64_t Access::hash(std::string_view token) const {
  return XXH3_64bits_withSeed(token.data(), token.size(), secret_[0]) ^ secret_[1];
}

void Access::add(const std::string& tenant, const Key& key) {
  Entry entry{key.token, tenant, 0};
  for (auto right : key.may) entry.rights |= bit(right);
  const auto at = hash(key.token.reveal());
  entries_.emplace(at, std::move(entry));
}

void Access::add_tenant(const std::string& tenant, const std::vector<Key>& keys) {
  closed_tenants_[tenant] = !keys.empty();
  for (const auto& key : keys) add(tenant, key);
}

void Access::add_operators(const std::vector<Key>& keys) {
  operators_ = operators_ || !keys.empty();
  for (const auto& key : keys) add("", key);
}

const Access::Entry* Access::find(std::string_view authorization) const {
  const auto token = bearer_token(authorization);
  if (token.empty()) return nullptr;
  const auto [first, last] = entries_.equal_range(hash(token));
  for (auto at = first; at != last; ++at) {
    const auto known = at->second.token.reveal();
    if (known.size() == token.size() && CRYPTO_memcmp(known.data(), token.data(), token.size()) == 0) return &at->second;
  }
  return nullptr;
}

Access::Verdict Access::check_tenant(std::string_view tenant, std::string_view authorization, Right right) const {
  auto closed = closed_tenants_.find(tenant);
  if (closed != closed_tenants_.end() && !closed->second) return Verdict::allowed;
  const auto* entry = find(authorization);
  if (!entry) return Verdict::unauthorized;
  return entry->tenant == tenant && (entry->rights & bit(right)) ? Verdict::allowed : Verdict::forbidden;
}

Access::Verdict Access::check_operator(std::string_view authorization, Right right) const {
  if (!operators_) return Verdict::allowed;
  const auto* entry = find(authorization);
  if (!entry || !entry->tenant.empty()) return Verdict::unauthorized;
  return (entry->rights & bit(right)) ? Verdict::allowed : Verdict::forbidden;
}

}  // namespace signalbox::api
