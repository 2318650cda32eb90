#include "connector/http/http_target.hpp"

#include <algorithm>
#include <random>

#include "base/ascii_text.hpp"
#include "base/header_field.hpp"
#include "connector/http/freshness.hpp"
#include "connector/http/reply.hpp"
#include "connector/http/response_fields.hpp"
#include "connector/http/retry_after.hpp"
#include "delivery/dead_letter.hpp"
#include "event/hops.hpp"

namespace signalbox::connector::http {
namespace {

constexpr std::size_t kLongestDetail = 512;       // Outcome::detail
constexpr std::size_t kExcerptBytes = 200;        // of a response body, in a detail
constexpr std::size_t kSpareBytes = 256 << 10;    // a larger buffer is not kept

std::uint64_t seed() {
  std::random_device device;
  return std::uint64_t{device()} << 32 | device();
}

void replace_all(std::string& text, std::string_view secret) {
  if (secret.empty()) return;
  for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at + 3)) text.replace(at, secret.size(), "***");
}

std::string cut(std::string text) {
  if (text.size() > kLongestDetail) text.resize(kLongestDetail);
  return text;
}

}  // namespace

/// A Message to write into, given back at the end.
class HttpTarget::Borrowed {
 public:
  explicit Borrowed(HttpTarget& owner) : owner_(owner) {
    if (owner.spare_.empty()) {
      message_ = std::make_unique<Message>();
      return;
    }
    message_ = std::move(owner.spare_.back());
    owner.spare_.pop_back();
  }
  ~Borrowed() {
    if (message_->own_body.capacity() <= kSpareBytes) owner_.spare_.push_back(std::move(message_));
  }
  Borrowed(const Borrowed&) = delete;
  Borrowed& operator=(const Borrowed&) = delete;
  Message& operator*() const { return *message_; }

 private:
  HttpTarget& owner_;
  std::unique_ptr<Message> message_;
};

HttpTarget::HttpTarget(TargetContext context, std::shared_ptr<const HttpTargetSetup> setup)
    : setup_(std::move(setup)),
      clock_(context.clock),
      channels_(std::move(context.channels)),
      client_(context.executor, context.clock, *setup_->resolver, setup_->settings.url, setup_->client_options()),
      writer_(*setup_, seed()) {
  spare_.reserve(setup_->settings.concurrency);
}

std::size_t HttpTarget::max_batch() const {
  return setup_->settings.mode == DeliveryMode::batch ? setup_->settings.batch_events : 1;
}

boost::asio::awaitable<Outcome> HttpTarget::deliver(std::span<const Shipment> events, TimePoint deadline) {
  deadline = std::min(deadline, clock_.now() + setup_->settings.timeout);
  const Borrowed borrowed(*this);
  Message& message = *borrowed;
  const Event* sent = events.front().event;
  Outcome outcome;
  while (!events.empty()) {
    events = events.subspan(writer_.write(message, events, clock_.wall_now()));
    signalbox::http::ClientRequest request(message.head, message.body);
    auto response = co_await client_.exchange(request, deadline);
    if (!response) co_return Outcome::failed(0, cut(response.error().message));
    outcome = judge(*response);
    if (outcome.kind != Outcome::Kind::delivered) break;
    if (!setup_->settings.reply_to.empty())
      co_return co_await take_reply(*response, *sent, std::move(outcome), deadline);
  }
  co_return outcome;
}

boost::asio::awaitable<Outcome> HttpTarget::take_reply(const signalbox::http::ClientResponse& response, const Event& sent,
                                                       Outcome judged, TimePoint deadline) {
  const auto reply = read_reply(response);
  if (!reply) co_return Outcome::rejected(response.status, cut(reply.error().message));
  if (!*reply) co_return judged;
  const auto hops = event::hops_of(sent);
  if (hops >= event::kHopsMost)
    co_return Outcome::rejected_because(delivery::reason::kTooManyHops,
                                        "the answer would go on after " + std::to_string(hops) + " channels");
  auto next = event::with_hops(**reply, hops + 1);
  const auto receipt = co_await channels_->publish(setup_->settings.reply_to, std::move(next), deadline);
  if (!receipt) co_return Outcome::failed(response.status, cut("the answer could not be published: " + receipt.error().message));
  co_return judged;
}

boost::asio::awaitable<EnrichmentReply> HttpTarget::ask(const EnrichmentRequest& question, unsigned attempt,
                                                        TimePoint deadline) {
  deadline = std::min(deadline, clock_.now() + setup_->settings.timeout);
  const Borrowed borrowed(*this);
  Message& message = *borrowed;
  writer_.write_question(message, question, attempt, clock_.wall_now());
  signalbox::http::ClientRequest request(message.head, message.body);
  auto response = co_await client_.exchange(request, deadline);
  EnrichmentReply reply;
  if (!response) {
    reply.outcome = Outcome::failed(0, cut(response.error().message));
    co_return reply;
  }
  reply.outcome = judge(*response);
  if (reply.outcome.kind != Outcome::Kind::delivered) co_return reply;
  if (response->truncated) {
    const bool whole = response->body.size() < signalbox::http::ResponseLimits().body_bytes;
    reply.outcome = whole ? Outcome::failed(response->status, "the answer was cut short")
                          : Outcome::rejected(response->status, "the answer is longer than 64 KiB");
    co_return reply;
  }
  reply.answer = answer_in(*response);
  co_return reply;
}

EnrichmentAnswer HttpTarget::answer_in(signalbox::http::ClientResponse& response) {
  EnrichmentAnswer answer;
  for (const auto& [name, value] : response_fields(response)) {
    const bool of_event = base::equals_ignoring_case(name.substr(0, 3), "ce-");
    if (!of_event && !base::equals_ignoring_case(name, "content-type")) continue;
    answer.headers.emplace_back(base::to_lower_case(std::string(name)), value);
  }
  answer.fresh_for = freshness(response.header("cache-control"));
  answer.body = std::move(response.body);
  return answer;
}

Outcome HttpTarget::judge(const signalbox::http::ClientResponse& response) const {
  const auto kind = setup_->settings.statuses[response.status];
  if (kind == Outcome::Kind::delivered) return Outcome::delivered(response.status);
  auto detail = "HTTP " + std::to_string(response.status);
  if (const auto text = excerpt(response.body); !text.empty()) detail += ": " + text;
  detail = cut(std::move(detail));
  switch (kind) {
    case Outcome::Kind::disabled: return Outcome::disabled(response.status, std::move(detail));
    case Outcome::Kind::rejected: return Outcome::rejected(response.status, std::move(detail));
    case Outcome::Kind::delivered:
    case Outcome::Kind::failed: break;
  }
  std::optional<Duration> wish;
  if (response.status == 429 || response.status == 503)
    wish = parse_retry_after(response.header("retry-after"), clock_.wall_now());
  return Outcome::failed(response.status, std::move(detail), wish);
}

// Some targets repeat the request in their answer, credential and all.
std::string HttpTarget::excerpt(std::string body) const {
  if (const auto& credential = setup_->settings.credential)
    for (const auto& secret : credential->never_shown) replace_all(body, secret.reveal());
  std::string text;
  for (char c : body) {
    if (text.size() == kExcerptBytes) break;
    const bool space = c == ' ' || c == '\t' || c == '\r' || c == '\n';
    if (space && (text.empty() || text.back() == ' ')) continue;
    if (space) text += ' ';
    else text += c > 0x20 && c < 0x7f ? c : '?';
  }
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

}  // namespace signalbox::connector::http
