// A Beast client that posts events of 1 KiB to one target as fast as it answers and does nothing else: the
// ceiling of deliveries.
//
//     bench_push_client PORT CONNECTIONS SECONDS
//
// Prints {"requests_per_second":…}.
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/span_body.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "loadtest/event_token.hpp"
#include "loadtest/monotonic.hpp"
#include "loadtest/payload.hpp"

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using signalbox::loadtest::EventToken;
using signalbox::loadtest::monotonic_ns;
using Socket = asio::basic_stream_socket<tcp, asio::io_context::executor_type>;

constexpr std::size_t kDataBytes = 1024;

/// What all connections share.
struct Run {
  std::string data = signalbox::loadtest::sample_data(kDataBytes, 0);
  std::uint64_t end_ns = 0, next = 0, answered = 0;
};

class Connection {
 public:
  Connection(asio::io_context& context, std::uint16_t port, Run& run)
      : run_(run), socket_(context.get_executor()) {
    socket_.connect(tcp::endpoint(asio::ip::address_v4::loopback(), port));
    socket_.set_option(tcp::no_delay(true));
  }

  void send() {
    const auto now_ns = monotonic_ns();
    if (now_ns >= run_.end_ns) return;
    request_.emplace(http::verb::post, "/sink", 11);
    request_->set(http::field::host, "127.0.0.1");
    request_->set(http::field::content_type, "application/json");
    request_->set("ce-specversion", "1.0");
    request_->set("ce-id", EventToken{0, run_.next++, now_ns}.text());
    request_->set("ce-source", "/signalbox/bench");
    request_->set("ce-type", "com.example.order.created.v1");
    request_->set("ce-subject", "orders/000000");
    request_->set("ce-time", "2024-05-04T12:00:00.123456Z");
    request_->body() = {run_.data.data(), run_.data.size()};
    request_->content_length(run_.data.size());
    http::async_write(socket_, *request_, [this](error_code ec, std::size_t) {
      if (!ec) read();
    });
  }

 private:
  void read() {
    parser_.emplace();
    http::async_read(socket_, buffer_, *parser_, [this](error_code ec, std::size_t) {
      if (ec) return;
      ++run_.answered;
      send();
    });
  }

  Run& run_;
  Socket socket_;
  std::optional<http::request<http::span_body<const char>>> request_;
  std::optional<http::response_parser<http::string_body>> parser_;
  boost::beast::flat_buffer buffer_;
};

void push(std::uint16_t port, int count, double seconds) {
  asio::io_context context(1);
  Run run;
  std::vector<std::unique_ptr<Connection>> connections;
  for (int i = 0; i < count; ++i) connections.push_back(std::make_unique<Connection>(context, port, run));
  const auto begun_ns = monotonic_ns();
  run.end_ns = begun_ns + static_cast<std::uint64_t>(seconds * 1e9);
  for (const auto& connection : connections) connection->send();
  context.run();
  const auto took = static_cast<double>(monotonic_ns() - begun_ns) / 1e9;
  std::cout << "{\"requests_per_second\":" << static_cast<double>(run.answered) / took << "}\n";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: bench_push_client PORT CONNECTIONS SECONDS\n";
    return 2;
  }
  try {
    push(static_cast<std::uint16_t>(std::atoi(argv[1])), std::atoi(argv[2]), std::atof(argv[3]));
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
