#pragma once
#include <boost/asio/ssl/context.hpp>
#include <memory>

#include "http/server.hpp"
#include "signalbox/error.hpp"

namespace signalbox::http {

/// TLS 1.2 and 1.3 with forward secrecy and authenticated encryption only; client certificates required when
/// `settings.client_ca_file` is set.  nullptr when `settings` has no certificate (plain TCP).  Reads the
/// files; blocks. Errors: invalid_argument, naming the file.
Result<std::shared_ptr<boost::asio::ssl::context>> make_server_context(const ServerTls& settings);

}  // namespace signalbox::http
