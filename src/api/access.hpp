#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "signalbox/secret.hpp"

namespace signalbox::api {

/// What a key may do.
enum class Right : std::uint8_t { publish, read, operate };

/// A key as the configuration names it.
struct Key {
  std::string name;
  Secret token;
  std::vector<Right> may;
};

/// Who may do what: bearer tokens of the tenants (ingest) and of operators (admin).  Immutable; a reload makes a new
/// one.
///
/// A token is found by a keyed hash and then compared in constant time, so that neither the search nor the
/// comparison tells how much of a guess was right.
class Access {
 public:
  Access();

  /// Keys of one tenant; a tenant without keys is open to everybody.
  void add_tenant(const std::string& tenant, const std::vector<Key>& keys);
  /// Without operator keys the admin API is open (it then listens on loopback only).
  void add_operators(const std::vector<Key>& keys);

  enum class Verdict : std::uint8_t { allowed, unauthorized, forbidden };
  /// `authorization` is the request's Authorization header.
  Verdict check_tenant(std::string_view tenant, std::string_view authorization, Right right) const;
  Verdict check_operator(std::string_view authorization, Right right) const;

 private:
  struct Entry {
    Secret token;
    std::string tenant;   // "" for operators
    std::uint8_t rights;
  };
  const Entry* find(std::string_view authorization) const;
  std::uint64_t hash(std::string_view token) const;
  void add(const std::string& tenant, const Key& key);

  std::array<std::uint64_t, 2> secret_;
  std::unordered_multimap<std::uint64_t, Entry> entries_;
  std::map<std::string, bool, std::less<>> closed_tenants_;
  bool operators_ = false;
};

}  // namespace signalbox::api
