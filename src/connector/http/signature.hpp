#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "signalbox/error.hpp"
#include "signalbox/secret.hpp"

namespace signalbox::connector::http {

/// Signs messages by Standard Webhooks 1.0: HMAC-SHA256 over "id.timestamp.body", symmetric secrets.
/// Thread-safety: const methods may run concurrently.
class Signer {
 public:
  /// `secrets` holds one secret, or several separated by white space while receivers move from one to the next: each
  /// signs.  A secret is "whsec_" and Base64, 24 to 64 bytes decoded.
  /// Errors: invalid_argument; never shows the secret.
  static Result<Signer> make(const Secret& secrets);

  Signer(Signer&&) noexcept;
  Signer& operator=(Signer&&) noexcept;
  ~Signer();

  /// Appends the value of webhook-signature: "v1,<Base64>", one a secret, separated by spaces.
  void append_signature(std::string& out, std::string_view id, std::int64_t unix_seconds, std::string_view body) const;

 private:
  class Key;
  Signer();
  std::vector<std::unique_ptr<const Key>> keys_;
};

/// The value of webhook-id for one event: the same at each attempt, different for other events.
std::string webhook_id(std::string_view source, std::string_view id);

}  // namespace signalbox::connector::http
