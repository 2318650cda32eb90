// The least that a durable relay can be: takes an event, commits it to RocksDB with fsync, answers 202, posts
// it to one target and keeps how far it has come.  No rules, tenants, checks, retries or recovery: what the
// daemon's way of an event is measured against.
//
//     bench_durable_relay PORT DIRECTORY TARGET_PORT CONNECTIONS
//
// One thread serves and pushes, one commits.  DIRECTORY must not exist.
#include <rocksdb/db.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <functional>
#include <iostream>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "loadtest/http_frame.hpp"

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
// Without the type-erased executor, which costs a few percent.
using Socket = asio::basic_stream_socket<tcp, asio::io_context::executor_type>;

constexpr std::string_view kAccepted = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";
constexpr std::uint64_t kEventBytesMost = 16 << 20;

/// An event as it is kept and sent on: the whole request to the target.
using Record = std::shared_ptr<const std::string>;

class Session;
struct Accepted {
  Record event;
  std::shared_ptr<Session> from;
};
using Group = std::vector<Accepted>;

rocksdb::Status checked(rocksdb::Status status) {
  if (!status.ok()) throw std::runtime_error(status.ToString());
  return status;
}

/// Commits what has come in meanwhile with one synced write, again and again, on a thread of its own.
class Committer {
 public:
  /// `done` is called with each durable group, on `context`.
  Committer(const std::string& directory, asio::io_context& context, std::function<void(const Group&)> done)
      : context_(context), done_(std::move(done)) {
    rocksdb::Options options;
    options.create_if_missing = options.error_if_exists = true;
    options.compression = rocksdb::kNoCompression;
    options.max_write_buffer_number = 4;
    options.recycle_log_file_num = 4;
    options.use_direct_io_for_flush_and_compaction = true;
    rocksdb::DB* opened = nullptr;
    checked(rocksdb::DB::Open(options, directory, &opened));
    database_.reset(opened);
    // Apart from the events, whose files then never overlap and are not rewritten.
    checked(database_->CreateColumnFamily({}, "positions", &positions_));
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
  }

  void add(Accepted accepted) {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(accepted));
    if (waiting_.size() == 1) some_.notify_one();
  }
  /// Kept with the next commit.
  void delivered(std::uint64_t count) { delivered_.store(count, std::memory_order_relaxed); }

 private:
  void run(const std::stop_token& stop) {
    for (;;) {
      auto group = std::make_shared<Group>();
      {
        std::unique_lock lock(mutex_);
        if (!some_.wait(lock, stop, [this] { return !waiting_.empty(); })) return;
        group->swap(waiting_);
      }
      commit(*group);
      asio::post(context_, [this, group] { done_(*group); });
    }
  }

  void commit(const Group& group) {
    const auto bytes_of = [](const std::uint64_t& number) {
      return rocksdb::Slice(reinterpret_cast<const char*>(&number), sizeof number);
    };
    batch_.Clear();
    for (const auto& accepted : group) {
      const auto key = __builtin_bswap64(next_++);  // in the order of the numbers
      batch_.Put(bytes_of(key), *accepted.event);
    }
    const auto position = delivered_.load(std::memory_order_relaxed);
    batch_.Put(positions_, "target", bytes_of(position));
    rocksdb::WriteOptions synced;
    synced.sync = true;
    checked(database_->Write(synced, &batch_));
  }

  asio::io_context& context_;
  std::function<void(const Group&)> done_;
  std::unique_ptr<rocksdb::DB> database_;
  rocksdb::ColumnFamilyHandle* positions_ = nullptr;
  rocksdb::WriteBatch batch_;
  std::uint64_t next_ = 1;
  std::atomic<std::uint64_t> delivered_ = 0;
  std::mutex mutex_;
  std::condition_variable_any some_;
  Group waiting_;
  std::jthread thread_;
};

/// A producer's connection: one event a request.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(Socket socket, Committer& committer) : socket_(std::move(socket)), committer_(committer) {
    socket_.set_option(tcp::no_delay(true));
    buffer_.reserve(16 * 1024);
  }

  void read() {
    parser_.emplace();
    parser_->body_limit(kEventBytesMost);
    const auto done = [self = shared_from_this()](error_code ec, std::size_t) {
      if (!ec) self->committer_.add({self->record(), self});
    };
    http::async_read(socket_, buffer_, *parser_, done);
  }

  void answer() {
    const auto done = [self = shared_from_this()](error_code ec, std::size_t) {
      if (!ec) self->read();
    };
    asio::async_write(socket_, asio::buffer(kAccepted), done);
  }

 private:
  static bool belongs_to_event(std::string_view name) {
    const auto starts_with = [name](std::string_view small) {
      if (name.size() < small.size()) return false;
      for (std::size_t i = 0; i < small.size(); ++i)
        if ((name[i] | ('a' - 'A')) != small[i] && name[i] != small[i]) return false;
      return true;
    };
    return starts_with("ce-") || starts_with("content-type");
  }

  Record record() {
    const auto& request = parser_->get();
    auto text = std::make_shared<std::string>();
    text->reserve(request.body().size() + 512);
    *text = "POST /sink HTTP/1.1\r\nHost: target\r\n";
    for (const auto& field : request) {
      if (!belongs_to_event(field.name_string())) continue;
      text->append(field.name_string()).append(": ").append(field.value()).append("\r\n");
    }
    text->append("Content-Length: ").append(std::to_string(request.body().size())).append("\r\n\r\n");
    text->append(request.body());
    return text;
  }

  Socket socket_;
  Committer& committer_;
  boost::beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
};

/// Posts events over connections that stay open, one under way on each.
class Pusher {
 public:
  Pusher(asio::io_context& context, std::uint16_t port, std::size_t connections,
         std::function<void(std::uint64_t)> delivered)
      : delivered_(std::move(delivered)) {
    const tcp::endpoint target(asio::ip::address_v4::loopback(), port);
    for (std::size_t i = 0; i < connections; ++i)
      idle_.push_back(lines_.emplace_back(std::make_unique<Line>(*this, context, target)).get());
  }

  void push(Record event) { queue_.push_back(std::move(event)); }
  /// Begins to send what was pushed.
  void start() {
    while (!queue_.empty() && !idle_.empty()) {
      auto* line = idle_.back();
      idle_.pop_back();
      line->send();
    }
  }

 private:
  class Line {
   public:
    Line(Pusher& owner, asio::io_context& context, const tcp::endpoint& target)
        : owner_(owner), socket_(context.get_executor()), in_(16 * 1024) {
      socket_.connect(target);
      socket_.set_option(tcp::no_delay(true));
    }

    void send() {
      event_ = std::move(owner_.queue_.front());
      owner_.queue_.pop_front();
      used_ = 0;
      asio::async_write(socket_, asio::buffer(*event_), [this](error_code ec, std::size_t) {
        if (!ec) read();
      });
    }

   private:
    void read() {
      const auto room = asio::buffer(in_.data() + used_, in_.size() - used_);
      socket_.async_read_some(room, [this](error_code ec, std::size_t got) {
        if (ec) return;
        used_ += got;
        using signalbox::loadtest::HttpFrame;
        const auto kind = signalbox::loadtest::HttpFrameKind::response;
        const auto frame = signalbox::loadtest::read_frame(std::string_view(in_.data(), used_), kind);
        if (frame.state == HttpFrame::State::malformed) return;
        if (frame.state == HttpFrame::State::incomplete) return read();
        owner_.delivered_(++owner_.count_);
        if (owner_.queue_.empty()) return owner_.idle_.push_back(this);
        send();
      });
    }

    Pusher& owner_;
    Socket socket_;
    Record event_;
    std::vector<char> in_;
    std::size_t used_ = 0;
  };

  std::function<void(std::uint64_t)> delivered_;
  std::uint64_t count_ = 0;
  std::deque<Record> queue_;
  std::vector<std::unique_ptr<Line>> lines_;
  std::vector<Line*> idle_;
};

class Relay {
 public:
  Relay(std::uint16_t port, const std::string& directory, std::uint16_t target_port, std::size_t connections)
      : committer_(directory, context_, [this](const Group& group) { durable(group); }),
        pusher_(context_, target_port, connections,
                [this](std::uint64_t count) { committer_.delivered(count); }),
        acceptor_(context_, tcp::endpoint(asio::ip::address_v4::loopback(), port)) {
    accept();
  }
  void run() { context_.run(); }

 private:
  void durable(const Group& group) {
    for (const auto& accepted : group) {
      accepted.from->answer();
      pusher_.push(accepted.event);
    }
    pusher_.start();
  }

  void accept() {
    incoming_.emplace(context_.get_executor());
    acceptor_.async_accept(*incoming_, [this](error_code ec) {
      if (!ec) std::make_shared<Session>(std::move(*incoming_), committer_)->read();
      accept();
    });
  }

  asio::io_context context_{1};
  Committer committer_;
  Pusher pusher_;
  asio::basic_socket_acceptor<tcp, asio::io_context::executor_type> acceptor_;
  std::optional<Socket> incoming_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::cerr << "usage: bench_durable_relay PORT DIRECTORY TARGET_PORT CONNECTIONS\n";
    return 2;
  }
  try {
    const auto port = [](const char* text) { return static_cast<std::uint16_t>(std::atoi(text)); };
    Relay(port(argv[1]), argv[2], port(argv[3]), static_cast<std::size_t>(std::atoi(argv[4]))).run();
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
