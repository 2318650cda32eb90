#pragma once
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <memory>
#include <string>

#include "signalbox/error.hpp"

namespace signalbox::http {

/// Client side of TLS.
struct ClientTlsSettings {
  std::string ca_file;           ///< PEM; "": the system's certificate authorities
  std::string certificate_file;  ///< PEM, chain included; "": no client certificate
  std::string key_file;          ///< PEM; "": in certificate_file
  std::string server_name;       ///< sent as SNI and checked; "": the URL's host
  bool verify = true;            ///< false: anybody is believed; for trials only
  bool operator==(const ClientTlsSettings&) const = default;
};

/// TLS 1.2 or later for connections of one client, files read and checked.  Immutable.
class ClientTls {
 public:
  /// Reads the files: call it where blocking is allowed.
  /// Errors: invalid_argument, naming the file.
  static Result<std::shared_ptr<const ClientTls>> make(const ClientTlsSettings& settings);

  /// For asio::ssl::stream, which takes it mutable but only reads it.
  boost::asio::ssl::context& context() const { return context_; }

  /// Prepares one connection to `host`: SNI, the name to check, the session to resume.
  /// `session` outlives the connection; the newest session of this connection is put there.
  /// Errors: network.
  class Session;
  Status prepare(SSL* connection, const std::string& host, Session& session) const;

  /// SHA-256 over the contents of the files, for fingerprints.
  const std::string& fingerprint() const { return fingerprint_; }

 private:
  explicit ClientTls(ClientTlsSettings settings);
  Status load();

  ClientTlsSettings settings_;
  mutable boost::asio::ssl::context context_;
  std::string fingerprint_;
};

/// The TLS session a server gave last, to be resumed by the next connection to it.
/// Thread-safety: none; shared by connections of one strand.
class ClientTls::Session {
 public:
  Session() = default;
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  SSL_SESSION* get() const { return session_; }
  /// Takes over a reference.
  void set(SSL_SESSION* session);

 private:
  SSL_SESSION* session_ = nullptr;
};

}  // namespace signalbox::http
