#include "http/response_parser.hpp"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <cassert>
#include <charconv>

#include "base/header_field.hpp"

namespace signalbox::http {
namespace {

namespace beast = boost::beast;
using base::equals_ignoring_case;
using beast::http::error;

// The longest size line of a chunk, extensions included: they are legal, useless, and otherwise unbounded.
constexpr std::size_t kChunkLineBytes = 1 << 10;

constexpr std::size_t kLastChunkBytes = 5;  // "0\r\n\r\n"

bool is_doubt_about_framing(const beast::error_code& ec) {
  return ec == error::bad_transfer_encoding || ec == error::bad_content_length || ec == error::multiple_content_length;
}

std::optional<Duration> parse_keep_alive(std::string_view value) {
  constexpr std::string_view kKey = "timeout=";
  const auto at = value.find(kKey);
  if (at == std::string_view::npos) return std::nullopt;
  const auto digits = value.substr(at + kKey.size());
  unsigned seconds = 0;
  auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
  if (ec != std::errc{} || seconds > 86'400) return std::nullopt;
  return std::chrono::seconds(seconds);
}

/// One message, interim or final.
class Message final : public beast::http::basic_parser<false> {
 public:
  explicit Message(const ResponseLimits& limits) : limits_(limits) {
    header_limit(static_cast<std::uint32_t>(limits.head_bytes));
    body_limit(boost::none);  // on_body's own limit keeps the status
    eager(true);
  }

  using basic_parser::put;

  bool interim() const { return response_.status < 200; }
  bool has_status() const { return response_.status != 0; }
  bool doubtful() const {
    // A body is announced where none may be, or in a coding that we do not take apart.
    const bool bodiless = response_.status == 204 || response_.status == 304 || interim();
    return doubtful_ || (bodiless && announces_body_) || (is_header_done() && upgrade());
  }
  bool cut_short() const { return body_full_ || trailer_; }
  bool in_chunks() const { return is_header_done() && chunked(); }
  ClientResponse& response() { return response_; }
  std::optional<Duration> keep_alive_timeout() const { return keep_alive_timeout_; }

 private:
  using string_view = beast::string_view;
  using error_code = beast::error_code;

  void on_request_impl(beast::http::verb, string_view, string_view, int, error_code&) override {}

  void on_response_impl(int code, string_view, int version, error_code& ec) override {
    if (code < 100 || code > 599 || code == 101) {
      ec = error::bad_status;
      return;
    }
    response_.status = static_cast<unsigned>(code);
    http10_ = version < 11;
  }

  void on_field_impl(beast::http::field name, string_view text, string_view value, error_code& ec) override {
    if (header_over_) {
      trailer_ = true;
      ec = error::bad_field;
      return;
    }
    head_bytes_ += text.size() + value.size() + 4;
    if (++fields_ > limits_.fields || head_bytes_ > limits_.head_bytes) {
      ec = error::header_limit;
      return;
    }
    if (name == beast::http::field::transfer_encoding) {
      announces_body_ = true;
      if (http10_ || !equals_ignoring_case(value, "chunked")) doubtful_ = true;
    } else if (name == beast::http::field::content_length) {
      // Beast takes "5, 5" and repeated equal lengths.
      if (has_length_ || value.find(',') != string_view::npos) doubtful_ = true;
      has_length_ = true;
      if (value != "0") announces_body_ = true;
    } else if (name == beast::http::field::keep_alive) {
      keep_alive_timeout_ = parse_keep_alive(value);
    }
    auto& fields = response_.fields;
    fields.append(text).append(": ").append(value).append("\r\n");
  }

  void on_header_impl(error_code&) override { header_over_ = true; }
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}

  std::size_t on_body_impl(string_view bytes, error_code& ec) override {
    const auto room = limits_.body_bytes - response_.body.size();
    response_.body.append(bytes.substr(0, room));
    if (bytes.size() > room) {
      body_full_ = true;
      ec = error::body_limit;
    }
    return bytes.size();
  }
  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, string_view bytes, error_code& ec) override {
    return on_body_impl(bytes, ec);
  }
  void on_finish_impl(error_code&) override {}

  const ResponseLimits& limits_;
  ClientResponse response_;
  std::optional<Duration> keep_alive_timeout_;
  std::size_t head_bytes_ = 0, fields_ = 0;
  bool http10_ = false, header_over_ = false, has_length_ = false, announces_body_ = false;
  bool doubtful_ = false, body_full_ = false, trailer_ = false;
};

}  // namespace

std::string_view ClientResponse::header(std::string_view name) const {
  std::string_view rest = fields;
  while (!rest.empty()) {
    const auto line = rest.substr(0, rest.find("\r\n"));
    rest.remove_prefix(line.size() + 2);
    const auto colon = line.find(':');
    if (equals_ignoring_case(line.substr(0, colon), name)) return line.substr(colon + 2);
  }
  return {};
}

struct ResponseParser::Impl {
  ResponseLimits limits;
  std::optional<Message> message;
  State state = State::reading;
  std::string fault;
  std::size_t interim_seen = 0;
  bool in_chunk_line = false;  // the last feed() ended within one
  bool sure = true;  // about where the response ended

  void fail(std::string why) {
    state = State::failed;
    fault = std::move(why);
  }
  void complete_in_doubt() {
    sure = false;
    message->response().truncated = true;
    state = State::complete;
  }
  // What an error of the parser means for the response.
  void judge(const beast::error_code& ec) {
    const bool final_status = message->has_status() && !message->interim();
    if (final_status && (message->cut_short() || is_doubt_about_framing(ec)))
      complete_in_doubt();
    else
      fail("malformed response: " + ec.message());
  }
  // A whole message has come.
  void finish_message() {
    if (!message->interim()) {
      if (message->doubtful()) sure = false;
      state = State::complete;
      return;
    }
    if (message->doubtful()) return fail("malformed response: an interim response with a body");
    if (++interim_seen > limits.interim) return fail("more than " + std::to_string(limits.interim) + " interim responses");
    message.emplace(limits);
  }
};

ResponseParser::ResponseParser(ResponseLimits limits) : impl_(std::make_unique<Impl>()) {
  impl_->limits = limits;
  reset();
}
ResponseParser::~ResponseParser() = default;

void ResponseParser::reset() {
  impl_->message.emplace(impl_->limits);
  impl_->state = State::reading;
  impl_->fault.clear();
  impl_->interim_seen = 0;
  impl_->in_chunk_line = false;
  impl_->sure = true;
}

std::size_t ResponseParser::feed(std::string_view bytes) {
  auto& self = *impl_;
  assert(self.state == State::reading);
  std::size_t used = 0;
  while (self.state == State::reading && used < bytes.size()) {
    // Beast asserts that it is not called with less than a last chunk once it has seen the beginning of one: a server
    // that sends "0\r\n" and "\r" apart would end the process.
    if (self.in_chunk_line && bytes.size() - used < kLastChunkBytes) return used;
    beast::error_code ec;
    used += self.message->put(boost::asio::const_buffer(bytes.data() + used, bytes.size() - used), ec);
    if (ec == error::need_more) {
      // What the parser leaves is an unfinished head, size line or trailer.
      const auto left = bytes.size() - used;
      self.in_chunk_line = self.message->in_chunks() && left > 0;
      if (self.in_chunk_line && left > kChunkLineBytes) self.complete_in_doubt();
      return used;
    }
    if (ec) {
      self.judge(ec);
      return used;
    }
    if (self.message->is_done()) self.finish_message();
  }
  return used;
}

void ResponseParser::feed_end() {
  auto& self = *impl_;
  assert(self.state == State::reading);
  if (!self.message->got_some()) return self.fail("connection closed before a response came");
  beast::error_code ec;
  self.message->put_eof(ec);
  if (ec) return self.fail("connection closed in the middle of the response");
  self.finish_message();
  self.sure = false;
}

ResponseParser::State ResponseParser::state() const { return impl_->state; }
const std::string& ResponseParser::fault() const { return impl_->fault; }

ClientResponse ResponseParser::take() {
  assert(impl_->state == State::complete);
  return std::move(impl_->message->response());
}

bool ResponseParser::reusable() const {
  return impl_->state == State::complete && impl_->sure && impl_->message->is_done() && impl_->message->keep_alive();
}

std::optional<Duration> ResponseParser::keep_alive_timeout() const { return impl_->message->keep_alive_timeout(); }

}  // namespace signalbox::http
