#pragma once
#include <boost/beast/core/error.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/head_scan.hpp"

namespace signalbox::http {

/// Takes the chunks of one chunked request apart, with Beast's parser but none of its leniencies: trailer
/// fields are refused (a long one makes Beast's own field container throw out of the event loop), extensions
/// are bounded.
///
/// Thread-safety: none.
class RequestParser final : private boost::beast::http::basic_parser<true> {
 public:
  enum class State { more, complete, failed };

  /// `head` has passed HeadScan and says chunked.  The body is appended to `body` and never grows past
  /// `body_limit`.
  RequestParser(std::string_view head, std::string& body, std::uint64_t body_limit);

  /// Takes what it can of `bytes`; what consumed() leaves must be given again, with more behind it.
  State put(std::string_view bytes);
  /// How much of what the last put() was given has been used.
  std::size_t consumed() const { return consumed_; }
  /// REQUIRES: put() answered failed.
  const Fault& fault() const { return fault_; }

 private:
  using string_view = boost::beast::string_view;
  using error_code = boost::beast::error_code;
  using field = boost::beast::http::field;
  using verb = boost::beast::http::verb;

  void on_request_impl(verb, string_view, string_view, int, error_code&) override {}
  void on_response_impl(int, string_view, int, error_code&) override {}
  void on_field_impl(field, string_view, string_view, error_code& ec) override;
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(string_view, error_code&) override { return 0; }
  void on_chunk_header_impl(std::uint64_t size, string_view extensions, error_code& ec) override;
  std::size_t on_chunk_body_impl(std::uint64_t remain, string_view piece, error_code& ec) override;
  void on_finish_impl(error_code&) override {}

  void fail(Fault fault, error_code& ec);

  std::string& body_;
  std::uint64_t body_limit_;
  std::size_t consumed_ = 0;
  Fault fault_;
};

}  // namespace signalbox::http
