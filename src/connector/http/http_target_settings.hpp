#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "connector/http/signature.hpp"
#include "connector/http/status_table.hpp"
#include "http/address_policy.hpp"
#include "http/client_tls.hpp"
#include "http/url.hpp"
#include "signalbox/config_node.hpp"
#include "signalbox/secret.hpp"

namespace signalbox::connector::http {

/// How events become requests.
enum class DeliveryMode : std::uint8_t {
  binary,      ///< attributes in ce- headers, data in the body
  structured,  ///< one event as application/cloudevents+json
  batch,       ///< several as application/cloudevents-batch+json
  raw,         ///< data only
};

/// What proves to the target who we are: one header field.
struct Credential {
  std::string header;               ///< "Authorization"
  Secret value;                     ///< the field's whole value
  std::vector<Secret> never_shown;  ///< its parts that a target might repeat: the value, the token, the password
};

/// The block `http:` of a target.
struct HttpTargetSettings {
  signalbox::http::Url url;
  Duration timeout = std::chrono::seconds(10);         ///< of one attempt, whole
  Duration connect_timeout = std::chrono::seconds(5);  ///< resolving, connecting and TLS
  unsigned concurrency = 64;
  Rate rate;
  DeliveryMode mode = DeliveryMode::binary;
  unsigned batch_events = 100;                 ///< of one delivery
  Bytes batch_bytes{1 << 20};                  ///< of one request's body, unless one event alone is larger
  std::vector<std::pair<std::string, std::string>> headers;
  std::string user_agent = "Signalbox/" SIGNALBOX_VERSION;
  std::optional<Credential> credential;
  std::optional<Secret> signing_secret;        ///< checked
  signalbox::http::ClientTlsSettings tls;
  signalbox::http::AddressPolicy addresses;
  StatusTable statuses;
  std::string reply_to;                        ///< the tenant's channel for answers that are events; "": they are not looked at
};

/// Reads the block; `addresses` is the installation's policy, which the block narrows or widens.
/// What is at fault keeps its default and is reported to `out`.
HttpTargetSettings read_http_target(const ConfigNode& node, const signalbox::http::AddressPolicy& addresses,
                                    Diagnostics& out);

}  // namespace signalbox::connector::http
