#pragma once
#include <memory>
#include <string>

#include "connector/http/http_target_settings.hpp"
#include "connector/http/signature.hpp"
#include "http/client.hpp"
#include "http/client_resolver.hpp"
#include "signalbox/target_factory.hpp"

namespace signalbox::connector::http {

/// What all Target objects of one plan share.  Immutable.
struct HttpTargetSetup {
  HttpTargetSettings settings;
  std::string head;  ///< request line and the header fields that never change; holds the credential
  std::optional<Signer> signer;
  std::shared_ptr<const signalbox::http::ClientTls> tls;
  std::shared_ptr<signalbox::http::Resolver> resolver;

  signalbox::http::ClientOptions client_options() const;
};

/// The settings of one HTTP target, ready to make its Target objects.
class HttpTargetPlan final : public TargetPlan {
 public:
  /// Reads the TLS files: blocks.  Errors: invalid_argument (a TLS file).
  static Result<std::shared_ptr<const TargetPlan>> make(HttpTargetSettings settings,
                                                        std::shared_ptr<signalbox::http::Resolver> resolver);

  /// The tenant's channel for answers that are events; "" when there is none.
  const std::string& reply_to() const { return setup_->settings.reply_to; }

  TargetLimits limits() const override;
  const std::string& fingerprint() const override { return fingerprint_; }
  std::string describe() const override { return "POST " + setup_->settings.url.describe(); }
  bool can_enrich() const override { return true; }
  std::unique_ptr<Target> make(TargetContext context) const override;

 private:
  explicit HttpTargetPlan(std::shared_ptr<const HttpTargetSetup> setup);

  std::shared_ptr<const HttpTargetSetup> setup_;
  std::string fingerprint_;
};

}  // namespace signalbox::connector::http
