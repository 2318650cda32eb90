#pragma once
#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <cstdint>
#include <exception>
#include <limits>
#include <memory>
#include <string>
#include <string_view>

#include "http/body_memory.hpp"
#include "http/head_scan.hpp"
#include "http/input_buffer.hpp"
#include "http/message.hpp"
#include "http/response_head.hpp"
#include "http/server.hpp"
#include "http/transport.hpp"
#include "signalbox/clock.hpp"

namespace signalbox::http {

/// What all connections of one server share.  Thread-safe.
struct SessionContext {
  SessionContext(Clock& c, ServerOptions o, Handler& h)
      : clock(c), options(std::move(o)), handler(h), body_memory(options.body_memory) {}
  Clock& clock;
  const ServerOptions options;
  Handler& handler;
  BodyMemory body_memory;
  std::atomic<bool> draining{false};
  std::atomic<std::uint64_t> requests{0};
  std::atomic<std::uint64_t> in_progress{0};
  std::atomic<std::uint64_t> faults{0};
};

/// One connection: reads requests, asks the handler, writes the answers in order.
///
/// Every session has a strand of its own: its coroutine, its handler's coroutines and drain(), expire(),
/// kill() run there, on whichever I/O thread is free.  A strand costs one uncontended lock per wake-up;
/// without it a handler could not use `a || b`, and nothing outside could cancel a read.
///
/// Time: a phase that may not last stores its deadline in one atomic; the server's sweep reads it and calls
/// expire().  So a request arms no timer.
class Session {
 public:
  enum class Purpose {
    serve,
    refuse,  ///< the server is full: answer 503 and close
  };
  /// `context` outlives the session.  `socket`'s executor is the session's strand.
  Session(SessionContext& context, boost::asio::ip::tcp::socket socket,
          std::shared_ptr<boost::asio::ssl::context> tls, Purpose purpose);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  const boost::asio::any_io_executor& executor() const { return executor_; }
  Purpose purpose() const { return purpose_; }
  /// Where kill() arrives; bind it to the coroutine of run().
  boost::asio::cancellation_slot cancellation_slot() { return killed_.slot(); }

  /// Until the connection is closed.  Errors: whatever a bug throws; never a peer's doing.
  boost::asio::awaitable<void> run();

  /// When the phase under way is over; TimePoint::max() when it may last.  Thread-safe.
  TimePoint deadline() const { return TimePoint(Duration(deadline_.load(std::memory_order_relaxed))); }

  /// Ends the phase under way if its deadline has passed.  On the strand.
  void expire();
  /// Closes if idle, ends a stream; a request under way is answered with Connection: close.  On the strand.
  void drain();
  /// Ends everything now; the handler under way is cancelled.  On the strand.
  void kill();

 private:
  enum class Input { more, head, fault, closed };
  enum class After { next_request, close, linger };
  class Stream;
  /// A response whose head, and perhaps body, stands in output_.
  struct StartedAnswer {
    std::string_view body;  // what does not stand in output_
    std::size_t sent = 0;   // of output_ and body
    After after = After::close;
    bool is_complete = false;
  };

  Input look_for_head();
  boost::asio::awaitable<Input> read_head();
  void describe_request();

  boost::asio::awaitable<After> serve_request();
  boost::asio::awaitable<After> refuse_fault(Fault fault);
  Admission admit();
  bool take_buffered_body();
  bool skip_buffered_body();
  boost::asio::awaitable<bool> read_body(std::uint64_t limit);
  boost::asio::awaitable<bool> read_sized_body(std::size_t size);
  boost::asio::awaitable<bool> read_chunked_body(std::uint64_t limit);
  bool fail_body(Fault fault);
  bool fail_body_input();
  void end_request();

  boost::asio::awaitable<After> answer(Response& response, After wanted);
  StartedAnswer start_answer(Response& response, After wanted);
  boost::asio::awaitable<After> finish_answer(Response& response, StartedAnswer started);
  boost::asio::awaitable<bool> write_rest(std::string_view head, std::string_view body, std::size_t sent);
  boost::asio::awaitable<bool> write_all(std::string_view bytes);
  boost::asio::awaitable<After> stream_body(Response& response);
  boost::asio::awaitable<void> linger();

  Response fault_response(Fault fault);
  Response failure_response(const std::exception_ptr& error);

  void set_deadline(Duration from_now);
  void clear_deadline();

  SessionContext& context_;
  boost::asio::any_io_executor executor_;
  Transport transport_;
  Purpose purpose_;
  boost::asio::cancellation_signal killed_;
  std::atomic<Duration::rep> deadline_{std::numeric_limits<Duration::rep>::max()};
  bool is_killed_ = false;
  bool expired_ = false;  // the deadline passed in the phase under way
  bool idle_ = true;      // nothing of a request has come
  bool first_ = true;     // no request has come yet
  bool in_progress_ = false;

  InputBuffer input_;
  HeadEnd head_end_;
  HeadScan scan_;
  std::size_t request_size_ = 0;  // bytes of the request at the front of input_
  Fault fault_;
  Request request_;
  BodyMemory::Share body_share_;
  boost::asio::ip::address peer_;
  std::string tls_subject_;
  std::string output_;
  DateField date_;
  Stream* stream_ = nullptr;
};

}  // namespace signalbox::http
