#include "connector/http/http_target_plan.hpp"

#include "connector/http/digest.hpp"
#include "connector/http/http_target.hpp"

namespace signalbox::connector::http {
namespace {

std::string constant_head(const HttpTargetSettings& settings) {
  std::string head = "POST " + settings.url.target + " HTTP/1.1\r\nHost: " + settings.url.authority() +
                     "\r\nUser-Agent: " + settings.user_agent + "\r\n";
  for (const auto& [name, value] : settings.headers) head += name + ": " + value + "\r\n";
  if (const auto& credential = settings.credential)
    head += credential->header + ": " + std::string(credential->value.reveal()) + "\r\n";
  return head;
}

/// Everything that makes two targets behave differently, in one text; hashed, since it holds secrets.
std::string fingerprint_of(const HttpTargetSetup& setup) {
  const auto& s = setup.settings;
  auto text = setup.head + '\n' + s.url.describe();
  auto add = [&](const auto& value) { text += '\n' + std::to_string(value); };
  add(static_cast<int>(s.mode));
  add(s.timeout.count());
  add(s.connect_timeout.count());
  add(s.concurrency);
  add(s.rate.per_second);
  add(s.batch_events);
  add(s.batch_bytes.value);
  add(static_cast<int>(s.tls.verify));
  text += '\n' + s.addresses.to_string() + '\n' + s.statuses.to_string() + '\n' + s.tls.server_name;
  text += '\n' + s.reply_to;
  if (s.signing_secret) text += '\n' + std::string(s.signing_secret->reveal());
  if (setup.tls) text += '\n' + setup.tls->fingerprint();
  const auto digest = sha256(text);
  return to_hex(digest.data(), digest.size());
}

}  // namespace

signalbox::http::ClientOptions HttpTargetSetup::client_options() const {
  signalbox::http::ClientOptions options;
  options.connect_timeout = settings.connect_timeout;
  options.connections = settings.concurrency;
  options.addresses = settings.addresses;
  options.tls = tls;
  return options;
}

HttpTargetPlan::HttpTargetPlan(std::shared_ptr<const HttpTargetSetup> setup)
    : setup_(std::move(setup)), fingerprint_(fingerprint_of(*setup_)) {}

Result<std::shared_ptr<const TargetPlan>> HttpTargetPlan::make(HttpTargetSettings settings,
                                                               std::shared_ptr<signalbox::http::Resolver> resolver) {
  auto setup = std::make_shared<HttpTargetSetup>();
  setup->head = constant_head(settings);
  setup->resolver = std::move(resolver);
  if (settings.url.scheme == signalbox::http::Url::Scheme::https) {
    auto tls = signalbox::http::ClientTls::make(settings.tls);
    if (!tls) return tls.error();
    setup->tls = std::move(*tls);
  }
  if (settings.signing_secret) {
    auto signer = Signer::make(*settings.signing_secret);
    if (!signer) return signer.error();
    setup->signer = std::move(*signer);
  }
  setup->settings = std::move(settings);
  return std::shared_ptr<const TargetPlan>(new HttpTargetPlan(std::move(setup)));  // private constructor
}

TargetLimits HttpTargetPlan::limits() const {
  const auto& settings = setup_->settings;
  TargetLimits limits;
  limits.concurrency = settings.concurrency;
  limits.rate = settings.rate;
  limits.timeout = settings.timeout;
  limits.batches = settings.mode != DeliveryMode::raw && settings.reply_to.empty();
  return limits;
}

std::unique_ptr<Target> HttpTargetPlan::make(TargetContext context) const {
  return std::make_unique<HttpTarget>(context, setup_);
}

}  // namespace signalbox::connector::http
