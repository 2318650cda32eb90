#pragma once
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>

namespace signalbox::test {

/// A certificate with its key, made on the spot.
struct Certificate {
  std::shared_ptr<EVP_PKEY> key;
  std::shared_ptr<X509> x509;

  void write_certificate(const std::string& file) const {
    std::unique_ptr<FILE, int (*)(FILE*)> out(std::fopen(file.c_str(), "w"), std::fclose);
    if (!out || PEM_write_X509(out.get(), x509.get()) != 1) throw std::runtime_error("cannot write " + file);
  }
  void write_key(const std::string& file) const {
    std::unique_ptr<FILE, int (*)(FILE*)> out(std::fopen(file.c_str(), "w"), std::fclose);
    if (!out || PEM_write_PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1)
      throw std::runtime_error("cannot write " + file);
  }
};

inline void add_extension(X509* x509, X509* issuer, int id, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, x509, nullptr, nullptr, 0);
  std::unique_ptr<X509_EXTENSION, void (*)(X509_EXTENSION*)> extension(
      X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str()), X509_EXTENSION_free);
  if (!extension) throw std::runtime_error("bad extension " + value);
  X509_add_ext(x509, extension.get(), -1);
}

/// A certificate signed by `issuer` (by itself without one), valid until `seconds_left` from now.
/// `names` is a subjectAltName such as "DNS:crm.example,IP:127.0.0.1", or "" for an authority.
inline Certificate make_certificate(const Certificate* issuer, const std::string& names, long seconds_left = 3600) {
  static long serial = 0;
  Certificate made;
  made.key.reset(EVP_EC_gen("P-256"), EVP_PKEY_free);
  made.x509.reset(X509_new(), X509_free);
  auto* x509 = made.x509.get();
  X509_set_version(x509, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(x509), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(x509), -7200);
  X509_gmtime_adj(X509_getm_notAfter(x509), seconds_left);
  X509_set_pubkey(x509, made.key.get());
  const std::string title = (names.empty() ? "Test authority " : "Test server ") + std::to_string(serial);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(x509), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(title.c_str()), -1, -1, 0);
  auto* signer = issuer ? issuer->x509.get() : x509;
  X509_set_issuer_name(x509, X509_get_subject_name(signer));
  if (names.empty()) add_extension(x509, signer, NID_basic_constraints, "critical,CA:TRUE");
  else add_extension(x509, signer, NID_subject_alt_name, names);
  X509_sign(x509, issuer ? issuer->key.get() : made.key.get(), EVP_sha256());
  return made;
}

/// For a server that shows `certificate`.
inline std::shared_ptr<SSL_CTX> make_server_context(const Certificate& certificate) {
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  SSL_CTX_use_certificate(context.get(), certificate.x509.get());
  SSL_CTX_use_PrivateKey(context.get(), certificate.key.get());
  return context;
}

}  // namespace signalbox::test
