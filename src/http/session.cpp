#include "http/session.hpp"

#include <fmt/format.h>
#include <boost/asio/buffer.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <array>
#include <utility>

#include "base/log.hpp"
#include "base/task_group.hpp"
#include "base/wakeup.hpp"
#include "http/request_parser.hpp"

namespace signalbox::http {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kReadSize = 4 << 10;      // room made for each read
constexpr std::size_t kBodyFirst = 64 << 10;    // of a body that is still to come: grows as it comes
constexpr std::size_t kBodyKept = 64 << 10;     // capacity kept from one request to the next
constexpr std::size_t kJoinedBody = 16 << 10;   // copied behind the head rather than written beside it
constexpr std::size_t kWritePiece = 256 << 10;  // what a peer has write_timeout to take
constexpr std::size_t kLingerBytes = 4 << 20;   // read and thrown away after a last answer
constexpr auto kLingerTime = std::chrono::seconds(3);
constexpr std::size_t kStreamInput = 64 << 10;  // what a peer may send while it is streamed to
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace

/// The response body that has no end yet, and the watch for the peer's leaving.
class Session::Stream final : public ResponseStream {
 public:
  explicit Stream(Session& session) : session_(session), changed_(session.executor_) {}

  asio::awaitable<bool> write(std::string bytes) override {
    if (ended_) co_return false;
    if (bytes.empty()) co_return true;
    std::string framed = std::move(bytes);
    if (!session_.scan_.head().http_1_0) framed = fmt::format("{:x}\r\n{}\r\n", framed.size(), framed);
    const bool written = co_await session_.write_all(framed);
    if (!written) end();
    co_return !ended_;
  }

  asio::awaitable<void> closed() override {
    while (!ended_) co_await changed_.wait();
  }

  /// Reads, and throws away, what the peer sends until it ends.
  asio::awaitable<void> watch() {
    std::array<char, 512> scratch;
    std::size_t total = 0;
    while (total < kStreamInput) {
      const auto got = co_await session_.transport_.read_some(asio::buffer(scratch));
      if (got == 0) break;
      total += got;
    }
    peer_gone_ = true;
    end();
  }

  void end() {
    ended_ = true;
    changed_.notify();
  }
  bool peer_gone() const { return peer_gone_; }

 private:
  Session& session_;
  base::Wakeup changed_;
  bool ended_ = false;
  bool peer_gone_ = false;
};

Session::Session(SessionContext& context, asio::ip::tcp::socket socket,
                 std::shared_ptr<asio::ssl::context> tls, Purpose purpose)
    : context_(context),
      executor_(socket.get_executor()),
      transport_(std::move(socket), std::move(tls)),
      purpose_(purpose),
      scan_(context.options.headers, context.options.lengthless_body ? HeadScan::LengthlessBody::empty
                                                                     : HeadScan::LengthlessBody::refused),
      body_share_(context.body_memory),
      peer_(transport_.peer()) {
  set_deadline(context.options.head_timeout);
}

Session::~Session() { end_request(); }

asio::awaitable<void> Session::run() {
  const bool secure = co_await transport_.handshake();
  if (!secure) co_return;
  tls_subject_ = transport_.tls_subject();
  auto after = After::next_request;
  if (purpose_ == Purpose::refuse) after = co_await refuse_fault(Fault(503, "too many connections"));
  while (after == After::next_request) {
    auto input = look_for_head();
    if (input == Input::more) input = co_await read_head();
    if (input == Input::closed) break;
    after = input == Input::fault ? co_await refuse_fault(fault_) : co_await serve_request();
    end_request();
  }
  if (after == After::linger && !is_killed_) co_await linger();
  transport_.close();
}

// ---- deadlines and orders from outside

void Session::set_deadline(Duration from_now) {
  expired_ = false;
  deadline_.store((context_.clock.now() + from_now).time_since_epoch().count(), std::memory_order_relaxed);
}

void Session::clear_deadline() {
  expired_ = false;
  deadline_.store(std::numeric_limits<Duration::rep>::max(), std::memory_order_relaxed);
}

void Session::expire() {
  if (context_.clock.now() < deadline()) return;  // the phase has changed meanwhile
  expired_ = true;
  transport_.cancel();
}

void Session::drain() {
  if (stream_) return stream_->end();
  if (idle_) transport_.cancel();
}

void Session::kill() {
  is_killed_ = true;
  transport_.close();
  if (stream_) stream_->end();
  killed_.emit(asio::cancellation_type::terminal);
}

// ---- the head

/// Whether the input begins with a whole head, and if so what the scan says of it.
Session::Input Session::look_for_head() {
  // RFC 9112, section 2.2: an empty line before the request line is ignored (one, here).
  if (head_end_.is_fresh() && input_.view().starts_with("\r\n")) input_.consume(2);
  const auto bytes = input_.view();
  if (bytes == "\r") return Input::more;
  const auto limit = context_.options.head_bytes;
  const auto state = head_end_.find(bytes);
  const auto size = state == HeadEnd::State::complete ? head_end_.size() : bytes.size();
  if (state == HeadEnd::State::malformed) {
    fault_ = Fault(400, "malformed request head");
    return Input::fault;
  }
  if (size > limit || (size == limit && state == HeadEnd::State::incomplete)) {
    fault_ = Fault(431, "request head too large");
    return Input::fault;
  }
  if (state == HeadEnd::State::incomplete) return Input::more;
  if (const auto fault = scan_.scan(bytes.substr(0, size))) {
    fault_ = *fault;
    return Input::fault;
  }
  request_size_ = size;
  return Input::head;
}

asio::awaitable<Session::Input> Session::read_head() {
  idle_ = input_.empty();
  if (!first_) set_deadline(idle_ ? context_.options.idle_timeout : context_.options.head_timeout);
  for (;;) {
    if (is_killed_ || (idle_ && context_.draining)) co_return Input::closed;
    input_.make_room(kReadSize);
    const auto got = expired_ ? 0 : co_await transport_.read_some(input_.free());
    if (got == 0) {
      if (!expired_ || idle_) co_return Input::closed;
      fault_ = Fault(408, "the request head took too long");
      co_return Input::fault;
    }
    input_.commit(got);
    const bool was_idle = std::exchange(idle_, false);
    const auto seen = look_for_head();
    if (seen != Input::more) co_return seen;
    if (was_idle && !first_) set_deadline(context_.options.head_timeout);
  }
}

void Session::describe_request() {
  const auto& head = scan_.head();
  request_.method = head.method;
  request_.target = head.target;
  request_.path = head.path;
  request_.query = head.query;
  request_.headers = head.headers;
  request_.content_length = head.content_length;
  request_.peer = peer_;
  request_.tls_subject = tls_subject_;
  request_.body.clear();
}

// ---- one request

asio::awaitable<Session::After> Session::serve_request() {
  first_ = false;
  clear_deadline();
  context_.requests.fetch_add(1, std::memory_order_relaxed);
  context_.in_progress.fetch_add(1, std::memory_order_relaxed);
  in_progress_ = true;
  const auto& head = scan_.head();
  if (head.chunked && input_.free_size() < kReadSize) {
    input_.make_room(kReadSize);  // the head moves: now, while nobody has seen it
    scan_.scan(input_.view().substr(0, request_size_));
  }
  describe_request();
  const auto wanted = head.keep_alive ? After::next_request : After::linger;
  const bool has_body = head.chunked || head.content_length.value_or(0) != 0;

  auto admission = admit();
  if (admission.refusal) {
    // What follows on the connection is known only when the body is already here.
    const bool skipped = !has_body || (!head.expects_continue && skip_buffered_body());
    co_return co_await answer(*admission.refusal, skipped ? wanted : After::linger);
  }
  if (has_body) {
    if (head.content_length.value_or(0) > admission.body_limit)
      co_return co_await refuse_fault(Fault(413, "the body is over the limit"));
    if (!context_.body_memory.has_room(head.content_length.value_or(1)))
      co_return co_await refuse_fault(Fault(503, "too many request bodies in memory"));
    const bool taken = take_buffered_body() || co_await read_body(admission.body_limit);
    if (!taken && fault_.detail.empty()) co_return After::close;
    if (!taken) co_return co_await refuse_fault(fault_);
    clear_deadline();
  }

  Response response;
  std::exception_ptr error;
  try {
    response = co_await context_.handler.on_request(request_);
  } catch (...) {
    error = std::current_exception();
  }
  if (error) response = failure_response(error);
  const auto started = start_answer(response, wanted);  // as answer() does, without its frame
  if (started.is_complete) co_return started.after;
  co_return co_await finish_answer(response, started);
}

Admission Session::admit() {
  try {
    return context_.handler.on_head(request_);
  } catch (...) {
    return Admission::refuse(failure_response(std::current_exception()));
  }
}

/// An answer of the server's own, after which nothing on the connection can be understood.
asio::awaitable<Session::After> Session::refuse_fault(Fault fault) {
  auto response = fault_response(fault);
  co_return co_await answer(response, After::linger);
}

Response Session::fault_response(Fault fault) {
  context_.faults.fetch_add(1, std::memory_order_relaxed);
  Response response;
  try {
    response = context_.handler.on_fault(fault.status, fault.detail);
  } catch (const std::exception& error) {
    base::log::error("http.handler_failed", "server={} error={}", context_.options.name,
                     base::log::quoted(error.what()));
    response.status = fault.status;
  }
  response.stream = nullptr;
  const auto is_retry_after = [](const auto& field) {
    return base::equals_ignoring_case(field.first, "retry-after");
  };
  if (fault.status == 503 && std::none_of(response.headers.begin(), response.headers.end(), is_retry_after))
    response.headers.emplace_back("Retry-After", "1");
  return response;
}

/// What to answer when the handler threw.  Rethrows when it was stopped by kill().
Response Session::failure_response(const std::exception_ptr& error) {
  if (is_killed_) std::rethrow_exception(error);
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& e) {
    base::log::error("http.handler_failed", "server={} error={}", context_.options.name,
                     base::log::quoted(e.what()));
  } catch (...) {
    base::log::error("http.handler_failed", "server={} error=unknown", context_.options.name);
  }
  return fault_response(Fault(500, "internal error"));
}

void Session::end_request() {
  if (in_progress_) context_.in_progress.fetch_sub(1, std::memory_order_relaxed);
  in_progress_ = false;
  body_share_.clear();
  if (request_.body.capacity() > kBodyKept) std::string().swap(request_.body);
  input_.consume(std::exchange(request_size_, 0));
  head_end_.reset();
  scan_.clear();
}

// ---- the body

/// The body without suspending: true when all of it came with the head, as it does with most events.
bool Session::take_buffered_body() {
  const auto& head = scan_.head();
  if (head.chunked) return false;
  const auto buffered = input_.view().substr(request_size_);
  if (buffered.size() < *head.content_length) return false;
  const auto size = static_cast<std::size_t>(*head.content_length);
  if (!body_share_.grow_to(size)) return false;
  request_.body.assign(buffered.substr(0, size));
  request_size_ += size;
  return true;
}

/// The same for a body that nobody wants.
bool Session::skip_buffered_body() {
  const auto& head = scan_.head();
  if (head.chunked || input_.view().size() - request_size_ < *head.content_length) return false;
  request_size_ += static_cast<std::size_t>(*head.content_length);
  return true;
}

/// False: fault_ says why, or is empty when the peer has gone.
asio::awaitable<bool> Session::read_body(std::uint64_t limit) {
  fault_.detail = {};
  set_deadline(context_.options.body_timeout);
  const auto& head = scan_.head();
  const bool nothing_came = input_.view().size() == request_size_;
  if (head.expects_continue && !head.http_1_0 && nothing_came) {
    const auto sent = transport_.write_now(kContinue);
    const bool written = sent == kContinue.size() || co_await write_rest(kContinue, std::string_view(), sent);
    if (!written) co_return false;
    set_deadline(context_.options.body_timeout);
  }
  if (head.chunked) co_return co_await read_chunked_body(limit);
  co_return co_await read_sized_body(static_cast<std::size_t>(*head.content_length));
}

/// Straight into the string, which grows as the body comes: a length that is only claimed costs no memory.
asio::awaitable<bool> Session::read_sized_body(std::size_t size) {
  auto& body = request_.body;
  auto have = std::min(size, input_.view().size() - request_size_);
  while (have < size) {
    if (have == body.size() || body.empty()) {
      const auto next = std::min(size, std::max(kBodyFirst, 2 * have));
      if (!body_share_.grow_to(next)) co_return fail_body(Fault(503, "too many request bodies in memory"));
      body.reserve(next);
      if (body.empty()) body.assign(input_.view().substr(request_size_, have));
      body.resize(next);
    }
    const auto got =
        expired_ ? 0 : co_await transport_.read_some(asio::buffer(body.data() + have, body.size() - have));
    if (got == 0) co_return fail_body_input();
    have += got;
  }
  request_size_ += std::min(size, input_.view().size() - request_size_);
  co_return true;
}

/// Chunks are read behind the head, which stays where it is, and parsed there.
asio::awaitable<bool> Session::read_chunked_body(std::uint64_t limit) {
  const auto head_size = request_size_;
  RequestParser parser(input_.view().substr(0, head_size), request_.body, limit);
  for (;;) {
    const auto state = parser.put(input_.view().substr(request_size_));
    request_size_ += parser.consumed();
    if (state == RequestParser::State::failed) co_return fail_body(parser.fault());
    if (!body_share_.grow_to(request_.body.size()))
      co_return fail_body(Fault(503, "too many request bodies in memory"));
    if (state == RequestParser::State::complete) co_return true;
    input_.erase(head_size, std::exchange(request_size_, head_size));
    if (input_.free_size() == 0) co_return fail_body(Fault(400, "chunk header or trailer too long"));
    const auto got = expired_ ? 0 : co_await transport_.read_some(input_.free());
    if (got == 0) co_return fail_body_input();
    input_.commit(got);
  }
}

bool Session::fail_body(Fault fault) {
  fault_ = fault;
  return false;
}

bool Session::fail_body_input() {
  if (expired_) fault_ = Fault(408, "the request body took too long");
  return false;
}

// ---- the answer

asio::awaitable<Session::After> Session::answer(Response& response, After wanted) {
  const auto started = start_answer(response, wanted);
  if (started.is_complete) co_return started.after;
  co_return co_await finish_answer(response, started);
}

/// Writes what the kernel takes at once, which is nearly always everything.
Session::StartedAnswer Session::start_answer(Response& response, After wanted) {
  const auto& head = scan_.head();
  if (response.status < 200 || response.status > 999) {
    base::log::error("http.bad_status", "server={} status={}", context_.options.name, response.status);
    response = fault_response(Fault(500, "internal error"));
  }
  if (response.close || response.stream || context_.draining) wanted = After::linger;
  auto end = BodyEnd::by_length;
  if (response.stream) end = head.http_1_0 ? BodyEnd::by_close : BodyEnd::by_chunks;
  auto persistence = head.http_1_0 ? Persistence::keep_alive_1_0 : Persistence::keep_alive;
  if (wanted != After::next_request) persistence = Persistence::close;

  output_.clear();
  append_response_head(output_, response, end, persistence, date_.at(context_.clock.wall_now()));
  StartedAnswer started;
  started.after = wanted;
  if (!response.stream && head.method != "HEAD" && may_have_body(response.status))
    started.body = response.body;
  if (started.body.size() <= kJoinedBody) output_ += std::exchange(started.body, std::string_view());
  started.sent = transport_.write_now(output_, started.body);
  started.is_complete = started.sent == output_.size() + started.body.size() && !response.stream;
  return started;
}

asio::awaitable<Session::After> Session::finish_answer(Response& response, StartedAnswer started) {
  const bool written = co_await write_rest(output_, started.body, started.sent);
  if (!written) co_return After::close;
  if (response.stream && scan_.head().method != "HEAD") co_return co_await stream_body(response);
  co_return started.after;
}

/// What the kernel did not take at once.
asio::awaitable<bool> Session::write_rest(std::string_view head, std::string_view body, std::size_t sent) {
  if (sent < head.size()) {
    const bool written = co_await write_all(head.substr(sent));
    if (!written) co_return false;
    sent = head.size();
  }
  co_return co_await write_all(body.substr(sent - head.size()));
}

asio::awaitable<bool> Session::write_all(std::string_view bytes) {
  bool written = true;
  while (!bytes.empty() && written && !is_killed_) {
    const auto piece = bytes.substr(0, kWritePiece);
    set_deadline(context_.options.write_timeout);
    written = co_await transport_.write(asio::buffer(piece));
    bytes.remove_prefix(piece.size());
  }
  clear_deadline();
  co_return written&& bytes.empty();
}

/// The connection does not outlive a stream: what the peer sent meanwhile has been thrown away.
asio::awaitable<Session::After> Session::stream_body(Response& response) {
  Stream stream(*this);
  stream_ = &stream;
  base::TaskGroup watch(executor_, 1);
  watch.spawn(stream.watch());
  std::exception_ptr error;
  try {
    co_await response.stream(stream);
  } catch (...) {
    error = std::current_exception();
  }
  // From here on kill() must not keep us from joining; it closes the socket, so nothing below lasts.
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  stream_ = nullptr;
  const bool peer_gone = stream.peer_gone();
  watch.cancel();
  co_await watch.join();
  if (error) failure_response(error);  // logged; the peer sees a body cut short
  if (error || peer_gone) co_return After::close;
  const bool ended = scan_.head().http_1_0 || co_await write_all("0\r\n\r\n");
  co_return ended ? After::linger : After::close;
}

/// Lets the peer read the last answer: closing while its bytes are still coming in would reset the
/// connection.
asio::awaitable<void> Session::linger() {
  end_request();
  input_.clear();
  input_.make_room(kReadSize);
  set_deadline(kLingerTime);
  co_await transport_.end_writing();
  for (std::size_t total = 0; total < kLingerBytes && !expired_ && !is_killed_;) {
    const auto got = co_await transport_.read_raw(input_.free());
    if (got == 0) break;
    total += got;
  }
}

}  // namespace signalbox::http
