#pragma once
#include <memory>
#include <string>
#include <vector>

#include "connector/http/http_target_plan.hpp"
#include "connector/http/message_writer.hpp"
#include "http/client.hpp"
#include "signalbox/enricher.hpp"
#include "signalbox/target.hpp"

namespace signalbox::connector::http {

/// An HTTP endpoint that events are POSTed to.
///
///     2xx                    delivered
///     410                    disabled
///     408, 425, 429, 5xx     failed; Retry-After obeyed with 429 and 503
///     other 4xx, 3xx         rejected: redirects are not followed
///     no answer              failed: transport faults, timeouts, names that do not resolve, forbidden addresses
///
/// With `reply_to` an answer that is itself an event is published into that channel, and only then is the delivery
/// delivered; one that says it is an event and is not is rejected.
///
/// A batch larger than `batch.max_bytes` goes out as several requests, one after the other; when one of them fails,
/// the whole batch has failed and is sent again.
class HttpTarget final : public Target, public Enricher {
 public:
  HttpTarget(TargetContext context, std::shared_ptr<const HttpTargetSetup> setup);

  std::size_t max_batch() const override;
  boost::asio::awaitable<Outcome> deliver(std::span<const Shipment> events, TimePoint deadline) override;
  void close() override { client_.close_idle(); }

  /// Answers questions by what the same endpoint says; `reply_to` is not for these.  An answer longer than what is
  /// read of one is rejected.
  Enricher* enricher() override { return this; }
  boost::asio::awaitable<EnrichmentReply> ask(const EnrichmentRequest& request, unsigned attempt,
                                              TimePoint deadline) override;

  /// Of the connections; for metrics and tests.
  signalbox::http::ClientStats connection_stats() const { return client_.stats(); }

 private:
  class Borrowed;

  Outcome judge(const signalbox::http::ClientResponse& response) const;
  static EnrichmentAnswer answer_in(signalbox::http::ClientResponse& response);
  /// Publishes the event that the answer to `sent` carries, if it does; what was `judged` stays when that worked.
  boost::asio::awaitable<Outcome> take_reply(const signalbox::http::ClientResponse& response, const Event& sent,
                                             Outcome judged, TimePoint deadline);
  std::string excerpt(std::string body) const;

  std::shared_ptr<const HttpTargetSetup> setup_;
  Clock& clock_;
  std::shared_ptr<const TenantChannels> channels_;
  signalbox::http::Client client_;
  MessageWriter writer_;
  std::vector<std::unique_ptr<Message>> spare_;  // buffers of finished deliveries; at most one for each under way
};

}  // namespace signalbox::connector::http
