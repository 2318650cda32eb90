#include "http/client_connection.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/socket.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <cerrno>
#include <cstring>

namespace signalbox::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t kFirstBuffer = 4 << 10;
// Up to here a body is copied behind its head so that both go out in one TLS record.
constexpr std::size_t kOneRecord = 15 << 10;

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);

std::string to_text(const tcp::endpoint& endpoint) {
  const auto address = endpoint.address().to_string();
  return (endpoint.address().is_v6() ? "[" + address + "]" : address) + ":" + std::to_string(endpoint.port());
}

std::string lower_first(std::string text) {
  if (text.size() > 1 && text[0] >= 'A' && text[0] <= 'Z' && text[1] >= 'a') text[0] = static_cast<char>(text[0] + 32);
  return text;
}

bool means_closed(const error_code& ec) {
  return ec == asio::error::eof || ec == asio::error::connection_reset || ec == asio::error::broken_pipe ||
         ec == asio::error::connection_aborted || ec == asio::ssl::error::stream_truncated;
}

bool would_block(const error_code& ec) { return ec == asio::error::would_block || ec == asio::error::try_again; }

}  // namespace

ClientConnection::ClientConnection(asio::any_io_executor executor, ResponseLimits limits)
    : socket_(std::move(executor)), parser_(limits), most_buffered_(limits.head_bytes), in_(kFirstBuffer, '\0') {}

ClientConnection::~ClientConnection() {
  // Otherwise OpenSSL forbids the next connection to resume the session; every response is checked for its length, so
  // that a missing close_notify tells nothing.
  if (tls_) SSL_set_shutdown(tls_->native_handle(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
}

asio::awaitable<Status> ClientConnection::connect(tcp::endpoint endpoint) {
  peer_ = endpoint;
  error_code ec;
  std::tie(ec) = co_await socket_.async_connect(endpoint, kTuple);
  throw_if_cancelled(ec);
  if (!ec) socket_.set_option(tcp::no_delay(true), ec);
  if (!ec) socket_.non_blocking(true, ec);
  if (ec || expired_) co_return fault("connect to", ec);
  co_return ok();
}

asio::awaitable<Status> ClientConnection::secure(const ClientTls& tls, const std::string& host,
                                                 ClientTls::Session& session) {
  tls_.emplace(socket_, tls.context());
  auto* native = tls_->native_handle();
  if (auto prepared = tls.prepare(native, host, session); !prepared) co_return prepared;
  error_code ec;
  std::tie(ec) = co_await tls_->async_handshake(asio::ssl::stream_base::client, kTuple);
  throw_if_cancelled(ec);
  if (!ec && !expired_) co_return ok();
  const auto verdict = SSL_get_verify_result(native);
  if (verdict != X509_V_OK && !expired_)
    co_return Error(Errc::network, "TLS with " + to_text(peer_) + ": certificate refused: " +
                                       X509_verify_cert_error_string(verdict));
  co_return fault("TLS with", ec);
}

// What is asked of most targets fits into the socket's buffers and comes back in one piece, so that this frame is the
// only one.
asio::awaitable<Result<ClientResponse>> ClientConnection::exchange(ClientRequest request) {
  parser_.reset();
  answer_began_ = closed_unanswered_ = surplus_ = false;
  Parts parts{asio::buffer(request.head), asio::buffer(request.body)};
  error_code ec;
  if (tls_) ec = co_await send_secure(request);
  else if (ec = write_now(parts); would_block(ec)) ec = co_await send_plain(parts);
  throw_if_cancelled(ec);
  // A server may answer and close before it has read the whole request (413, say): look for that answer.
  if (expired_ || (ec && !means_closed(ec))) co_return fault("send to", ec);
  while (parser_.state() == ResponseParser::State::reading) {
    make_room();
    const auto room = asio::buffer(in_.data() + filled_, in_.size() - filled_);
    std::size_t got = 0;
    if (tls_) std::tie(ec, got) = co_await tls_->async_read_some(room, kTuple);
    else std::tie(ec, got) = co_await socket_.async_read_some(room, kTuple);
    throw_if_cancelled(ec);
    if (expired_ || (ec && !means_closed(ec))) co_return fault("waiting for the response of", ec);
    if (ec) {
      closed_unanswered_ = !answer_began_;
      if (closed_unanswered_ && ec != asio::error::eof) co_return fault("waiting for the response of", ec);
      parser_.feed_end();
    } else {
      take_in(got);
    }
  }
  if (parser_.state() != ResponseParser::State::complete)
    co_return Error(Errc::network, to_text(peer_) + ": " + parser_.fault());
  surplus_ = filled_ != 0;
  co_return parser_.take();
}

/// Leaves in `parts` what the kernel does not take at once; the answer is then would_block.
error_code ClientConnection::write_now(Parts& parts) {
  error_code ec;
  while (!ec && asio::buffer_size(parts) != 0) {
    auto sent = socket_.write_some(parts, ec);
    for (auto& part : parts) {
      const auto done = std::min(sent, part.size());
      part += done;
      sent -= done;
    }
  }
  return ec;
}

asio::awaitable<error_code> ClientConnection::send_plain(Parts parts) {
  error_code ec = asio::error::would_block;
  while (would_block(ec)) {
    std::tie(ec) = co_await socket_.async_wait(tcp::socket::wait_write, kTuple);
    if (!ec) ec = write_now(parts);
  }
  co_return ec;
}

asio::awaitable<error_code> ClientConnection::send_secure(ClientRequest request) {
  // An SSL stream sends each buffer as a record of its own.
  std::string joined;
  std::array<asio::const_buffer, 2> parts{asio::buffer(request.head), asio::buffer(request.body)};
  if (request.head.size() + request.body.size() <= kOneRecord) {
    joined.reserve(request.head.size() + request.body.size());
    joined.append(request.head).append(request.body);
    parts = {asio::buffer(joined), asio::const_buffer()};
  }
  error_code ec;
  std::size_t sent = 0;
  std::tie(ec, sent) = co_await asio::async_write(*tls_, parts, kTuple);
  co_return ec;
}

void ClientConnection::take_in(std::size_t got) {
  answer_began_ = true;
  filled_ += got;
  const auto used = parser_.feed(std::string_view(in_.data(), filled_));
  filled_ -= used;
  if (filled_ > 0 && used > 0) std::memmove(in_.data(), in_.data() + used, filled_);
}

// The parser stops at a head over its limit, so the buffer stays within twice that.
void ClientConnection::make_room() {
  if (filled_ < in_.size()) return;
  in_.resize(std::min(in_.size() * 2, most_buffered_ * 2));
}

ClientConnection::Idle ClientConnection::look() {
  if (tls_) {
    auto* native = tls_->native_handle();
    if (SSL_has_pending(native) || BIO_ctrl_pending(SSL_get_rbio(native)) > 0) return Idle::spoke;
  }
  char byte = 0;
  const auto got = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  if (got < 0) return errno == EAGAIN || errno == EWOULDBLOCK ? Idle::quiet : Idle::closed;
  // On TLS it may be a session ticket or the announcement of the end; either way the next connection is cheap.
  return got == 0 || tls_ ? Idle::closed : Idle::spoke;
}

void ClientConnection::expire() {
  expired_ = true;
  close();
}

void ClientConnection::close() {
  error_code ignored;
  socket_.close(ignored);
}

Error ClientConnection::fault(std::string_view doing, const error_code& ec) const {
  const auto what = std::string(doing) + " " + to_text(peer_) + ": ";
  if (expired_) return Error(Errc::timed_out, what + "timed out");
  return Error(Errc::network, what + lower_first(ec.message()));
}

// Aborted, but not by us: the waiting coroutine was cancelled.
void ClientConnection::throw_if_cancelled(const error_code& ec) const {
  if (ec == asio::error::operation_aborted && !expired_) throw boost::system::system_error(ec);
}

}  // namespace signalbox::http
