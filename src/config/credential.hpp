#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "signalbox/config_node.hpp"
#include "signalbox/secret.hpp"

namespace signalbox::config {

/// A named bearer token and what it may do.
struct Credential {
  std::string name;
  Secret token;
  std::vector<bool> rights;  ///< one for each right of the CredentialReader
};

/// Reads a list of `{ name, token_file | token_env, may: [...] }`: names and tokens must differ within it.
class CredentialReader {
 public:
  /// `rights`: the names that may stand under `may`.  `out` outlives the reader.
  CredentialReader(std::vector<std::string_view> rights, Diagnostics& out)
      : rights_(std::move(rights)), out_(out) {}

  /// nullopt after a fault that leaves no credential.
  std::optional<Credential> read(const ConfigNode& node);

 private:
  void read_rights(ConfigReader& read, Credential& credential);

  std::vector<std::string_view> rights_;
  Diagnostics& out_;
  std::map<std::string, Place, std::less<>> names_;
  std::map<std::string, std::string, std::less<>> tokens_;  // token to name
};

}  // namespace signalbox::config
