#include "connector/http/http_target_factory.hpp"

#include "connector/http/http_target_plan.hpp"

namespace signalbox::connector::http {

HttpTargetFactory::HttpTargetFactory(signalbox::http::AddressPolicy addresses)
    : addresses_(std::move(addresses)), resolver_(std::make_shared<signalbox::http::Resolver>()) {}

std::shared_ptr<const TargetPlan> HttpTargetFactory::read(const ConfigNode& node, Diagnostics& out) const {
  Diagnostics faults;
  auto settings = read_http_target(node, addresses_, faults);
  std::shared_ptr<const TargetPlan> plan;
  if (faults.clean()) {
    auto made = HttpTargetPlan::make(std::move(settings), resolver_);
    if (made) plan = std::move(*made);
    else faults.add({node.place(), node.path() + ".tls", made.error().message, {}});
  }
  for (const auto& fault : faults.faults()) out.add(fault);
  return plan;
}

}  // namespace signalbox::connector::http
