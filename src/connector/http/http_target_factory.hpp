#pragma once
#include <memory>

#include "http/address_policy.hpp"
#include "http/client_resolver.hpp"
#include "signalbox/target_factory.hpp"

namespace signalbox::connector::http {

/// Targets that are HTTP endpoints, the kind "http".  Reading blocks on the files that the configuration names.
///
/// The factory and all that came from it share the threads that resolve names, and are destroyed before the I/O
/// contexts of the targets.
class HttpTargetFactory final : public TargetFactory {
 public:
  /// `addresses`: where targets may be, unless their own `addresses` says otherwise.
  explicit HttpTargetFactory(signalbox::http::AddressPolicy addresses = {});

  std::shared_ptr<const TargetPlan> read(const ConfigNode& node, Diagnostics& out) const override;

 private:
  signalbox::http::AddressPolicy addresses_;
  std::shared_ptr<signalbox::http::Resolver> resolver_;
};

}  // namespace signalbox::connector::http
