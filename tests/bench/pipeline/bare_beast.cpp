// A Beast server that answers 202 and keeps nothing: the ceiling that the daemon's ingest rate is measured
// against.
//
//     bench_bare_beast PORT THREADS
#include <boost/asio/dispatch.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <optional>
#include <string_view>
#include <thread>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::string_view kAnswer =
    "HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nContent-Length: 41\r\n\r\n"
    "{\"accepted\":1,\"first_seq\":1,\"last_seq\":1}";
constexpr std::uint64_t kBodyMost = 16 << 20;

/// One connection: reads a request whole, answers, again.  Lives as long as an operation of it is under way.
class Session : public std::enable_shared_from_this<Session> {
 public:
  explicit Session(tcp::socket socket) : socket_(std::move(socket)) {
    socket_.set_option(tcp::no_delay(true));
  }

  void read() {
    parser_.emplace();
    parser_->body_limit(kBodyMost);
    const auto done = [self = shared_from_this()](error_code ec, std::size_t) {
      if (!ec) self->answer();
    };
    http::async_read(socket_, buffer_, *parser_, done);
  }

 private:
  void answer() {
    const auto done = [self = shared_from_this()](error_code ec, std::size_t) {
      if (!ec) self->read();
    };
    asio::async_write(socket_, asio::buffer(kAnswer), done);
  }

  tcp::socket socket_;
  boost::beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
};

/// Connections go to the threads in turn; each thread has an io_context of its own and shares nothing.
class Server {
 public:
  Server(std::uint16_t port, std::size_t threads)
      : contexts_(make_contexts(threads)),
        acceptor_(*contexts_.front(), tcp::endpoint(asio::ip::address_v4::loopback(), port)) {
    accept();
  }

  void run() {
    std::vector<std::jthread> threads;
    for (std::size_t i = 1; i < contexts_.size(); ++i) {
      threads.emplace_back([context = contexts_[i].get()] {
        const auto work = asio::make_work_guard(*context);
        context->run();
      });
    }
    contexts_.front()->run();
  }

 private:
  static std::vector<std::unique_ptr<asio::io_context>> make_contexts(std::size_t threads) {
    std::vector<std::unique_ptr<asio::io_context>> contexts;
    for (std::size_t i = 0; i < threads; ++i) contexts.push_back(std::make_unique<asio::io_context>(1));
    return contexts;
  }

  void accept() {
    auto& context = *contexts_[next_++ % contexts_.size()];
    acceptor_.async_accept(context, [this, &context](error_code ec, tcp::socket socket) {
      if (!ec) {
        auto session = std::make_shared<Session>(std::move(socket));
        asio::dispatch(context, [session] { session->read(); });
      }
      accept();
    });
  }

  std::vector<std::unique_ptr<asio::io_context>> contexts_;
  tcp::acceptor acceptor_;
  std::size_t next_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: bench_bare_beast PORT THREADS\n";
    return 2;
  }
  Server(static_cast<std::uint16_t>(std::atoi(argv[1])), static_cast<std::size_t>(std::atoi(argv[2]))).run();
}
