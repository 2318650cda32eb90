#include "http/server_tls.hpp"

#include <fmt/format.h>
#include <openssl/ssl.h>

#include <span>
#include <string>
#include <string_view>

namespace signalbox::http {
namespace {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;

constexpr const char* kCiphers = "ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL";  // TLS 1.2; 1.3 has only good ones
constexpr std::string_view kProtocol = "http/1.1";

Error unusable(const std::string& file, std::string_view what, const error_code& ec) {
  return Error(Errc::invalid_argument, fmt::format("{} {}: {}", what, file, ec.message()));
}

/// Picks http/1.1 when the client offers it (ALPN), else says nothing.
int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* offered,
                    unsigned int offered_size, void*) {
  std::string_view rest(reinterpret_cast<const char*>(offered), offered_size);
  while (!rest.empty()) {
    const auto size = static_cast<unsigned char>(rest.front());
    const auto name = rest.substr(1, size);
    if (name == kProtocol) {
      *out = offered + (offered_size - rest.size()) + 1;
      *out_size = size;
      return SSL_TLSEXT_ERR_OK;
    }
    rest.remove_prefix(std::min<std::size_t>(rest.size(), size + 1U));
  }
  return SSL_TLSEXT_ERR_NOACK;
}

}  // namespace

Result<std::shared_ptr<ssl::context>> make_server_context(const ServerTls& settings) {
  if (settings.certificate_file.empty()) return std::shared_ptr<ssl::context>();
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  SSL_CTX* native = context->native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(native,
                      SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_cipher_list(native, kCiphers);
  SSL_CTX_set_alpn_select_cb(native, &choose_protocol, nullptr);
  constexpr std::string_view kIdContext = "signalbox";  // tickets of clients with certificates need one
  SSL_CTX_set_session_id_context(native, reinterpret_cast<const unsigned char*>(kIdContext.data()),
                                 static_cast<unsigned>(kIdContext.size()));

  error_code ec;
  context->use_certificate_chain_file(settings.certificate_file, ec);
  if (ec) return unusable(settings.certificate_file, "TLS certificate", ec);
  context->use_private_key_file(settings.key_file, ssl::context::pem, ec);
  if (ec) return unusable(settings.key_file, "TLS key", ec);
  if (SSL_CTX_check_private_key(native) != 1)
    return Error(Errc::invalid_argument, fmt::format("TLS key {} does not belong to certificate {}",
                                                     settings.key_file, settings.certificate_file));
  if (!settings.client_ca_file.empty()) {
    context->load_verify_file(settings.client_ca_file, ec);
    if (ec) return unusable(settings.client_ca_file, "TLS client CA", ec);
    SSL_CTX_set_client_CA_list(native, SSL_load_client_CA_file(settings.client_ca_file.c_str()));
    context->set_verify_mode(ssl::verify_peer | ssl::verify_fail_if_no_peer_cert, ec);
  }
  return context;
}

}  // namespace signalbox::http
