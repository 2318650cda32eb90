#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "loadtest/monotonic.hpp"

namespace signalbox::bench {

/// How a protocol asks and knows its answers; called with the number of the connection.
struct Protocol {
  std::function<std::string(std::size_t)> greeting;            ///< sent once, before the first request
  std::function<void(std::size_t, std::string& out)> request;  ///< appends the next one
  struct Taken {
    std::size_t bytes = 0;  ///< of the beginning of what came in; 0: it is not complete
    bool answer = false;    ///< or something that came unasked
  };
  /// Throws when the answer is no success.
  std::function<Taken(std::string_view in)> take;
};

/// Connections to a port of 127.0.0.1, each with one request under way, for some time.
class ClosedLoop {
 public:
  ClosedLoop(const Protocol& protocol, std::uint16_t port, std::size_t connections) : protocol_(protocol) {
    for (std::size_t i = 0; i < connections; ++i) peers_.push_back(std::make_unique<Peer>(*this, i, port));
  }

  /// Answers a second.
  double run(double seconds) {
    const auto begun_ns = loadtest::monotonic_ns();
    end_ns_ = begun_ns + static_cast<std::uint64_t>(seconds * 1e9);
    for (auto& peer : peers_) peer->begin();
    context_.run();
    return static_cast<double>(answers_) / (static_cast<double>(loadtest::monotonic_ns() - begun_ns) / 1e9);
  }

 private:
  using tcp = boost::asio::ip::tcp;
  using error_code = boost::system::error_code;

  class Peer {
   public:
    Peer(ClosedLoop& loop, std::size_t number, std::uint16_t port)
        : loop_(loop), number_(number), socket_(loop.context_.get_executor()) {
      socket_.connect(tcp::endpoint(boost::asio::ip::address_v4::loopback(), port));
      socket_.set_option(tcp::no_delay(true));
    }

    void begin() {
      out_ = loop_.protocol_.greeting(number_);
      send();
    }

   private:
    void send() {
      loop_.protocol_.request(number_, out_);
      boost::asio::async_write(socket_, boost::asio::buffer(out_), [this](error_code ec, std::size_t) {
        if (ec) throw std::runtime_error("sending: " + ec.message());
        out_.clear();
        read();
      });
    }

    void read() {
      socket_.async_read_some(boost::asio::buffer(room_), [this](error_code ec, std::size_t got) {
        if (ec) throw std::runtime_error("reading: " + ec.message());
        in_.append(room_.data(), got);
        if (!take_all()) return read();
        ++loop_.answers_;
        if (loadtest::monotonic_ns() < loop_.end_ns_) send();
      });
    }

    /// Whether the answer was among it.
    bool take_all() {
      bool answered = false;
      for (auto taken = loop_.protocol_.take(in_); taken.bytes > 0; taken = loop_.protocol_.take(in_)) {
        answered = answered || taken.answer;
        in_.erase(0, taken.bytes);
      }
      return answered;
    }

    ClosedLoop& loop_;
    std::size_t number_;
    boost::asio::basic_stream_socket<tcp, boost::asio::io_context::executor_type> socket_;
    std::vector<char> room_ = std::vector<char>(16 * 1024);
    std::string in_, out_;
  };

  const Protocol& protocol_;
  boost::asio::io_context context_{1};
  std::vector<std::unique_ptr<Peer>> peers_;
  std::uint64_t end_ns_ = 0, answers_ = 0;
};

}  // namespace signalbox::bench
