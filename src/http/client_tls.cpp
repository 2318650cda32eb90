#include "http/client_tls.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>
#include <boost/asio/ip/address.hpp>
#include <fstream>
#include <sstream>

namespace signalbox::http {
namespace {

namespace ssl = boost::asio::ssl;

// Where a connection finds the Session it shares.
int session_index() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

int keep_session(SSL* connection, SSL_SESSION* session) {
  auto* keeper = static_cast<ClientTls::Session*>(SSL_get_ex_data(connection, session_index()));
  if (!keeper) return 0;
  keeper->set(session);
  return 1;  // the reference is ours now
}

Error bad_file(std::string_view what, const std::string& file, const boost::system::error_code& ec) {
  return Error(Errc::invalid_argument, std::string(what) + " " + file + ": " + ec.message());
}

std::string contents_of(const std::string& file) {
  if (file.empty()) return {};
  std::ifstream in(file, std::ios::binary);
  std::ostringstream bytes;
  bytes << in.rdbuf();
  return std::move(bytes).str();
}

std::string sha256_hex(const std::string& text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr);
  std::string hex;
  for (unsigned i = 0; i < size; ++i) {
    hex += "0123456789abcdef"[digest[i] >> 4];
    hex += "0123456789abcdef"[digest[i] & 15];
  }
  return hex;
}

bool is_address(const std::string& host) {
  boost::system::error_code ec;
  static_cast<void>(boost::asio::ip::make_address(host, ec));
  return !ec;
}

}  // namespace

ClientTls::Session::~Session() { SSL_SESSION_free(session_); }

void ClientTls::Session::set(SSL_SESSION* session) {
  SSL_SESSION_free(session_);
  session_ = session;
}

ClientTls::ClientTls(ClientTlsSettings settings) : settings_(std::move(settings)), context_(ssl::context::tls_client) {}

Result<std::shared_ptr<const ClientTls>> ClientTls::make(const ClientTlsSettings& settings) {
  std::shared_ptr<ClientTls> tls(new ClientTls(settings));  // private constructor: make_shared cannot
  if (auto loaded = tls->load(); !loaded) return loaded.error();
  return std::shared_ptr<const ClientTls>(std::move(tls));
}

Status ClientTls::load() {
  boost::system::error_code ec;
  auto* native = context_.native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(native, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(native, keep_session);
  constexpr std::array<unsigned char, 9> kHttp11{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  SSL_CTX_set_alpn_protos(native, kHttp11.data(), kHttp11.size());

  context_.set_verify_mode(settings_.verify ? ssl::verify_peer : ssl::verify_none, ec);
  if (settings_.ca_file.empty())
    context_.set_default_verify_paths(ec);
  else
    context_.load_verify_file(settings_.ca_file, ec);
  if (ec) return bad_file("certificate authorities", settings_.ca_file, ec);

  if (!settings_.certificate_file.empty()) {
    context_.use_certificate_chain_file(settings_.certificate_file, ec);
    if (ec) return bad_file("certificate", settings_.certificate_file, ec);
    const auto& key = settings_.key_file.empty() ? settings_.certificate_file : settings_.key_file;
    context_.use_private_key_file(key, ssl::context::pem, ec);
    if (ec) return bad_file("private key", key, ec);
  } else if (!settings_.key_file.empty()) {
    return Error(Errc::invalid_argument, "a private key needs its certificate");
  }
  fingerprint_ = sha256_hex(contents_of(settings_.ca_file) + '\n' + contents_of(settings_.certificate_file) + '\n' +
                            contents_of(settings_.key_file));
  return ok();
}

Status ClientTls::prepare(SSL* connection, const std::string& host, Session& session) const {
  const auto& name = settings_.server_name.empty() ? host : settings_.server_name;
  const bool address = is_address(name);
  bool prepared = SSL_set_ex_data(connection, session_index(), &session) == 1;
  // SNI takes names only (RFC 6066 section 3).
  // (The call behind the macro SSL_set_tlsext_host_name, which casts in the old style; the name is copied.)
  if (!address)
    prepared = prepared && SSL_ctrl(connection, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                                    const_cast<char*>(name.c_str())) == 1;
  if (settings_.verify) {
    auto* expected = SSL_get0_param(connection);
    X509_VERIFY_PARAM_set_hostflags(expected, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    prepared = prepared && (address ? X509_VERIFY_PARAM_set1_ip_asc(expected, name.c_str()) == 1
                                    : X509_VERIFY_PARAM_set1_host(expected, name.c_str(), name.size()) == 1);
  }
  if (session.get()) SSL_set_session(connection, session.get());
  if (!prepared) return Error(Errc::network, "TLS with " + name + ": cannot be set up");
  return ok();
}

}  // namespace signalbox::http
