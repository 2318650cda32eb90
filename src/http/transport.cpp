#include "http/transport.hpp"

#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <array>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <utility>

namespace signalbox::http {

namespace asio = boost::asio;
using asio::redirect_error;
using asio::use_awaitable;

Transport::Transport(asio::ip::tcp::socket socket, std::shared_ptr<asio::ssl::context> tls)
    : socket_(std::move(socket)), context_(std::move(tls)) {
  boost::system::error_code ignored;  // a socket that is broken already fails at the first read
  socket_.non_blocking(true, ignored);
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  if (context_) tls_.emplace(socket_, *context_);
}

asio::ip::address Transport::peer() const {
  boost::system::error_code ignored;
  const auto address = socket_.remote_endpoint(ignored).address();
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
  return address;
}

asio::awaitable<bool> Transport::handshake() {
  if (!tls_) co_return true;
  co_await tls_->async_handshake(asio::ssl::stream_base::server, redirect_error(use_awaitable, read_error_));
  co_return !read_error_;
}

std::string Transport::tls_subject() {
  if (!tls_) return {};
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(
      SSL_get1_peer_certificate(tls_->native_handle()), &X509_free);
  if (!certificate) return {};
  const std::unique_ptr<BIO, decltype(&BIO_free)> text(BIO_new(BIO_s_mem()), &BIO_free);
  if (!text ||
      X509_NAME_print_ex(text.get(), X509_get_subject_name(certificate.get()), 0, XN_FLAG_RFC2253) < 0)
    return {};
  char* data = nullptr;
  const auto size = BIO_get_mem_data(text.get(), &data);
  return std::string(data, static_cast<std::size_t>(size));
}

asio::awaitable<std::size_t> Transport::read_some(asio::mutable_buffer into) {
  if (tls_) return tls_->async_read_some(into, redirect_error(use_awaitable, read_error_));
  return socket_.async_read_some(into, redirect_error(use_awaitable, read_error_));
}

std::size_t Transport::write_now(std::string_view first, std::string_view second) {
  if (tls_) return 0;
  boost::system::error_code ignored;
  if (second.empty()) return socket_.write_some(asio::buffer(first), ignored);
  const std::array<asio::const_buffer, 2> both = {asio::buffer(first), asio::buffer(second)};
  return socket_.write_some(both, ignored);
}

asio::awaitable<bool> Transport::write(asio::const_buffer bytes) {
  if (tls_)
    co_await asio::async_write(*tls_, bytes, redirect_error(use_awaitable, write_error_));
  else
    co_await asio::async_write(socket_, bytes, redirect_error(use_awaitable, write_error_));
  co_return !write_error_;
}

asio::awaitable<void> Transport::end_writing() {
  // Sends close_notify and waits for the peer's, or fails on the first data that comes instead.
  if (tls_) co_await tls_->async_shutdown(redirect_error(use_awaitable, read_error_));
  boost::system::error_code ignored;
  socket_.shutdown(asio::socket_base::shutdown_send, ignored);
}

asio::awaitable<std::size_t> Transport::read_raw(asio::mutable_buffer into) {
  return socket_.async_read_some(into, redirect_error(use_awaitable, read_error_));
}

void Transport::cancel() {
  boost::system::error_code ignored;
  socket_.cancel(ignored);
}

void Transport::close() {
  boost::system::error_code ignored;
  socket_.close(ignored);
}

}  // namespace signalbox::http
