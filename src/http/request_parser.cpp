#include "http/request_parser.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <cassert>
#include <limits>

namespace signalbox::http {
namespace {

constexpr std::size_t kChunkExtensionLongest = 256;
// The shortest end of a chunked body is "0\r\n\r\n".  Beast 1.81 asserts that it has this much when it comes
// back to a last chunk, so a client that sends byte by byte would end the process; waiting for it loses
// nothing.
constexpr std::size_t kChunkedEndSize = 5;

}  // namespace

RequestParser::RequestParser(std::string_view head, std::string& body, std::uint64_t body_limit)
    : body_(body), body_limit_(body_limit) {
  basic_parser::header_limit(std::numeric_limits<std::uint32_t>::max());  // HeadScan's caller has its own
  basic_parser::body_limit(boost::none);                                  // on_chunk_header_impl() has
  error_code ec;
  const auto used = basic_parser::put(boost::asio::buffer(head.data(), head.size()), ec);
  if (ec || used != head.size() || !basic_parser::chunked()) fault_.detail = "malformed request head";
  basic_parser::eager(true);
}

RequestParser::State RequestParser::put(std::string_view bytes) {
  consumed_ = 0;
  if (!fault_.detail.empty()) return State::failed;
  if (bytes.size() < kChunkedEndSize) return State::more;
  error_code ec;
  consumed_ = basic_parser::put(boost::asio::buffer(bytes.data(), bytes.size()), ec);
  if (ec && ec != boost::beast::http::error::need_more) {
    if (fault_.detail.empty()) fault_.detail = "malformed chunk";
    return State::failed;
  }
  return is_done() ? State::complete : State::more;
}

void RequestParser::on_field_impl(field, string_view, string_view, error_code& ec) {
  if (is_header_done()) fail(Fault(400, "trailer fields are not supported"), ec);
}

void RequestParser::on_chunk_header_impl(std::uint64_t size, string_view extensions, error_code& ec) {
  if (extensions.size() > kChunkExtensionLongest) return fail(Fault(400, "chunk extension too long"), ec);
  if (size > body_limit_ - body_.size()) fail(Fault(413, "the body is over the limit"), ec);
}

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t, string_view piece, error_code&) {
  body_.append(piece.data(), piece.size());
  return piece.size();
}

void RequestParser::fail(Fault fault, error_code& ec) {
  fault_ = fault;
  ec = boost::beast::http::error::bad_chunk;
}

}  // namespace signalbox::http
