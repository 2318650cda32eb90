#include "support/http_request.hpp"

#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <regex>
#include <stdexcept>

#include "base/header_field.hpp"
#include "loadtest/http_frame.hpp"

namespace signalbox::test {
namespace {

using loadtest::HttpFrame;

[[noreturn]] void fail(const std::string& what) { throw std::runtime_error(what); }

loadtest::Descriptor connect_to(std::uint16_t port, std::chrono::milliseconds timeout) {
  const auto address = loadtest::resolve("127.0.0.1", port);
  if (!address) fail(address.error().message);
  loadtest::Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(timeout);
  const timeval limit{seconds.count(), std::chrono::microseconds(timeout - seconds).count()};
  ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  if (::connect(socket.get(), address->get(), address->length) != 0) {
    fail("connecting to port " + std::to_string(port) + ": " + std::strerror(errno));
  }
  loadtest::set_no_delay(socket);
  return socket;
}

Headers split_headers(std::string_view text) {
  Headers headers;
  while (!text.empty()) {
    const auto line = text.substr(0, text.find("\r\n"));
    text.remove_prefix(std::min(text.size(), line.size() + 2));
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) fail("a header without a colon: " + std::string(line));
    const auto value_at = std::min(line.find_first_not_of(" \t", colon + 1), line.size());
    headers.emplace_back(line.substr(0, colon), line.substr(value_at));
  }
  return headers;
}

struct Url {
  std::uint16_t port;
  std::string path;
};

Url parse_url(const std::string& url) {
  static const std::regex kForm(R"(http://127\.0\.0\.1:(\d+)(/.*)?)");
  std::smatch parts;
  if (!std::regex_match(url, parts, kForm)) fail("not a URL of this test: " + url);
  return Url{static_cast<std::uint16_t>(std::stoi(parts[1])), parts[2].matched ? parts[2].str() : "/"};
}

}  // namespace

std::string header_value(const Headers& headers, std::string_view name) {
  for (const auto& [known, value] : headers) {
    if (base::equals_ignoring_case(known, name)) return value;
  }
  return {};
}

HttpConnection::HttpConnection(std::uint16_t port, std::chrono::milliseconds timeout)
    : socket_(connect_to(port, timeout)) {}

void HttpConnection::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) fail(std::string("sending a request: ") + std::strerror(errno));
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

bool HttpConnection::read_more() {
  std::array<char, 16 * 1024> buffer;
  const auto got = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
  if (got < 0) fail(std::string("reading a response: ") + std::strerror(errno));
  in_.append(buffer.data(), static_cast<std::size_t>(got));
  return got > 0;
}

HttpResponse HttpConnection::read_response() {
  auto frame = loadtest::read_frame(in_, loadtest::HttpFrameKind::response);
  while (frame.state == HttpFrame::State::incomplete) {
    if (!read_more()) fail("the peer closed amid a response; read so far: " + in_);
    frame = loadtest::read_frame(in_, loadtest::HttpFrameKind::response);
  }
  if (frame.state == HttpFrame::State::malformed) fail("not an HTTP response: " + in_);
  HttpResponse response{frame.status(), split_headers(frame.headers), loadtest::decoded_body(frame)};
  in_.erase(0, frame.length);
  return response;
}

std::string HttpConnection::read_until(std::string_view text) {
  auto at = in_.find(text);
  while (at == std::string::npos) {
    if (!read_more()) fail("the peer closed before sending " + std::string(text) + "; read so far: " + in_);
    at = in_.find(text);
  }
  auto read = in_.substr(0, at + text.size());
  in_.erase(0, read.size());
  return read;
}

bool HttpConnection::closed_by_peer() {
  char byte = 0;
  return in_.empty() && ::recv(socket_.get(), &byte, 1, 0) <= 0 && errno != EAGAIN;
}

std::string request_text(std::string_view method, std::string_view path, const Headers& headers,
                         std::string_view body) {
  auto text = std::string(method).append(" ").append(path).append(" HTTP/1.1\r\nHost: 127.0.0.1\r\n");
  for (const auto& [name, value] : headers) text.append(name).append(": ").append(value).append("\r\n");
  if (!body.empty() || method == "POST") text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  return text.append("\r\n").append(body);
}

HttpResponse http_request(const std::string& method, const std::string& url, const Headers& headers,
                          const std::string& body, std::chrono::milliseconds timeout) {
  const auto [port, path] = parse_url(url);
  HttpConnection connection(port, timeout);
  connection.send(request_text(method, path, headers, body));
  auto response = connection.read_response();
  while (response.status < 200) response = connection.read_response();
  return response;
}

}  // namespace signalbox::test
