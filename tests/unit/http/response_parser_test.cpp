#include "http/response_parser.hpp"

#include <gtest/gtest.h>

#include <random>

namespace signalbox::http {
namespace {

using State = ResponseParser::State;

/// Feeds `bytes` in pieces of `piece`, keeping what the parser leaves, as a connection does.
std::size_t feed_in_pieces(ResponseParser& parser, std::string_view bytes, std::size_t piece) {
  std::string pending;
  while (parser.state() == State::reading && !bytes.empty()) {
    pending += bytes.substr(0, piece);
    bytes.remove_prefix(std::min(piece, bytes.size()));
    pending.erase(0, parser.feed(pending));
  }
  return pending.size() + bytes.size();
}

struct AnswerCase {
  const char* name;
  std::string bytes;
  unsigned status;  ///< 0: fails
  bool reusable;
  std::string body = "";
  bool ends = false;  ///< the server closes after it
};

void PrintTo(const AnswerCase& c, std::ostream* out) { *out << c.name; }

class ResponseParserCases : public testing::TestWithParam<AnswerCase> {};

TEST_P(ResponseParserCases, means_the_same_in_pieces_of_any_size) {
  const auto& c = GetParam();
  for (std::size_t piece = 1; piece <= c.bytes.size(); ++piece) {
    ResponseParser parser{ResponseLimits()};
    feed_in_pieces(parser, c.bytes, piece);
    if (c.ends && parser.state() == State::reading) parser.feed_end();
    if (c.status == 0) {
      ASSERT_EQ(parser.state(), State::failed) << piece;
      ASSERT_NE(parser.fault(), "");
      continue;
    }
    ASSERT_EQ(parser.state(), State::complete) << piece << ": " << parser.fault();
    ASSERT_EQ(parser.reusable(), c.reusable) << piece;
    const auto response = parser.take();
    ASSERT_EQ(response.status, c.status);
    ASSERT_EQ(response.body, c.body) << piece;
  }
}

const std::string kOk = "HTTP/1.1 200 OK\r\n";
INSTANTIATE_TEST_SUITE_P(
    all, ResponseParserCases,
    testing::Values(
        AnswerCase{"no_content", "HTTP/1.1 204 No Content\r\n\r\n", 204, true},
        AnswerCase{"length", kOk + "Content-Length: 2\r\n\r\nhi", 200, true, "hi"},
        AnswerCase{"chunked", kOk + "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n3;x=y\r\nyou\r\n0\r\n\r\n", 200, true, "hiyou"},
        AnswerCase{"chunked_and_empty", kOk + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 200, true},
        AnswerCase{"no_reason", "HTTP/1.1 500 \r\nContent-Length: 0\r\n\r\n", 500, true},
        AnswerCase{"says_close", kOk + "Connection: close\r\nContent-Length: 0\r\n\r\n", 200, false},
        AnswerCase{"http_1_0", "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", 200, false},
        AnswerCase{"http_1_0_keeps_alive", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n", 200, true},
        AnswerCase{"body_until_close", kOk + "\r\nhi", 200, false, "hi", true},
        AnswerCase{"continue_first", "HTTP/1.1 100 Continue\r\n\r\n" + kOk + "Content-Length: 0\r\n\r\n", 200, true},
        AnswerCase{"early_hints_first", "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + kOk + "Content-Length: 1\r\n\r\nx", 200, true, "x"},
        AnswerCase{"both_lengths", kOk + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 200, false},
        AnswerCase{"both_lengths_turned", kOk + "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n", 200, false},
        AnswerCase{"two_lengths", kOk + "Content-Length: 2\r\nContent-Length: 3\r\n\r\nhi", 200, false},
        AnswerCase{"same_length_twice", kOk + "Content-Length: 2\r\nContent-Length: 2\r\n\r\nhi", 200, false, "hi"},
        AnswerCase{"length_list", kOk + "Content-Length: 2, 2\r\n\r\nhi", 200, false, "hi"},
        AnswerCase{"length_of_letters", kOk + "Content-Length: x\r\n\r\n", 200, false},
        AnswerCase{"other_coding", kOk + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 200, false},
        AnswerCase{"identity_with_length", kOk + "Transfer-Encoding: identity\r\nContent-Length: 0\r\n\r\n", 200, false},
        AnswerCase{"chunked_in_http_1_0", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 200, false},
        AnswerCase{"no_content_with_length", "HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\n", 204, false},
        AnswerCase{"trailer", kOk + "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nX: y\r\n\r\n", 200, false, "x"},
        AnswerCase{"huge_trailer", kOk + "Transfer-Encoding: chunked\r\n\r\n0\r\nX: " + std::string(3000, 'y') + "\r\n\r\n", 200, false},
        AnswerCase{"status_000", "HTTP/1.1 000 Zero\r\nContent-Length: 0\r\n\r\n", 0, false},
        AnswerCase{"status_099", "HTTP/1.1 099 Low\r\nContent-Length: 0\r\n\r\n", 0, false},
        AnswerCase{"status_600", "HTTP/1.1 600 High\r\nContent-Length: 0\r\n\r\n", 0, false},
        AnswerCase{"status_999", "HTTP/1.1 999 High\r\nContent-Length: 0\r\n\r\n", 0, false},
        AnswerCase{"switching_protocols", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", 0, false},
        AnswerCase{"interim_with_length", "HTTP/1.1 100 Continue\r\nContent-Length: 3\r\n\r\nabc" + kOk + "Content-Length: 0\r\n\r\n", 0, false},
        AnswerCase{"not_http", "SSH-2.0-OpenSSH_9.2\r\n\r\n", 0, false},
        AnswerCase{"http_2", "HTTP/2.0 200 OK\r\n\r\n", 0, false},
        AnswerCase{"bare_newlines", "HTTP/1.1 200 OK\nContent-Length: 0\n\n\n\n", 0, false, "", true},
        AnswerCase{"bad_chunk", kOk + "Transfer-Encoding: chunked\r\n\r\nzz\r\nhi\r\n", 0, false},
        AnswerCase{"closed_in_body", kOk + "Content-Length: 5\r\n\r\nhi", 0, false, "", true},
        AnswerCase{"closed_in_chunk", kOk + "Transfer-Encoding: chunked\r\n\r\n5\r\nhi", 0, false, "", true},
        AnswerCase{"closed_in_head", kOk + "Content-Le", 0, false, "", true},
        AnswerCase{"closed_after_interim", "HTTP/1.1 100 Continue\r\n\r\n", 0, false, "", true}),
    [](const auto& tested) { return std::string(tested.param.name); });

TEST(ResponseParser, takes_eight_interim_responses_and_no_more) {
  const std::string interim = "HTTP/1.1 102 Processing\r\n\r\n", final = "HTTP/1.1 204 No Content\r\n\r\n";
  for (const std::size_t count : {8u, 9u}) {
    std::string bytes;
    for (std::size_t i = 0; i < count; ++i) bytes += interim;
    ResponseParser parser{ResponseLimits()};
    parser.feed(bytes + final);
    EXPECT_EQ(parser.state(), count == 8 ? State::complete : State::failed);
  }
}

TEST(ResponseParser, leaves_the_bytes_of_a_second_response) {
  const std::string one = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
  ResponseParser parser{ResponseLimits()};
  EXPECT_EQ(parser.feed(one + one), one.size());
  EXPECT_EQ(parser.state(), State::complete);
}

TEST(ResponseParser, keeps_64_kib_of_a_longer_body) {
  for (const auto* framing : {"Content-Length: 100000\r\n\r\n", "\r\n"}) {
    ResponseParser parser{ResponseLimits()};
    feed_in_pieces(parser, kOk + framing + std::string(100'000, 'x'), 4096);
    ASSERT_EQ(parser.state(), State::complete);
    EXPECT_FALSE(parser.reusable());
    const auto response = parser.take();
    EXPECT_EQ(response.body.size(), 64u << 10);
    EXPECT_TRUE(response.truncated);
  }
}

TEST(ResponseParser, refuses_a_head_without_end_however_it_is_cut) {
  for (const auto& unit : {std::string("X-A: b\r\n"), std::string("y")}) {
    std::string bytes = kOk;
    while (bytes.size() < 40'000) bytes += unit;
    for (const std::size_t piece : {1u, 100u, 40'000u}) {
      ResponseParser parser{ResponseLimits()};
      feed_in_pieces(parser, bytes, piece);
      EXPECT_EQ(parser.state(), State::failed) << unit << " in pieces of " << piece;
    }
  }
}

TEST(ResponseParser, finds_headers_in_any_case_and_the_servers_idle_timeout) {
  ResponseParser parser{ResponseLimits()};
  parser.feed(kOk + "retry-AFTER: 120\r\nKeep-Alive: timeout=5, max=100\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(parser.keep_alive_timeout(), Duration(std::chrono::seconds(5)));
  const auto response = parser.take();
  EXPECT_EQ(response.header("Retry-After"), "120");
  EXPECT_EQ(response.header("Retry"), "");
}

TEST(ResponseParser, reads_another_response_after_reset) {
  ResponseParser parser{ResponseLimits()};
  parser.feed(kOk + "Connection: close\r\nX: 1\r\nContent-Length: 2\r\n\r\nab");
  EXPECT_EQ(parser.take().body, "ab");
  parser.reset();
  parser.feed(kOk + "Content-Length: 1\r\n\r\nc");
  EXPECT_TRUE(parser.reusable());
  const auto response = parser.take();
  EXPECT_EQ(response.body, "c");
  EXPECT_EQ(response.header("x"), "");
}

// The parser underneath has assertions and throws: whatever comes must end in one of the three states.
TEST(ResponseParser, survives_mutated_responses_in_random_pieces) {
  const std::string seeds[] = {
      "HTTP/1.1 100 Continue\r\n\r\n" + kOk + "Transfer-Encoding: chunked\r\n\r\n2;a=b\r\nhi\r\n0\r\nT: x\r\n\r\n",
      kOk + "Content-Length: 3\r\nX: y\r\n z\r\nConnection: keep-alive, close\r\n\r\nabcHTTP/1.1 200 OK\r\n\r\n",
      "HTTP/1.0 404 Not Found\r\nTransfer-Encoding: identity, chunked\r\nUpgrade: h2c\r\n\r\n0\r\n\r\n",
  };
  std::mt19937 random(20240607);
  for (int round = 0; round < 20'000; ++round) {
    auto bytes = seeds[random() % 3];
    for (auto changes = random() % 4; changes > 0; --changes) {
      const auto at = random() % bytes.size();
      switch (random() % 3) {
        case 0: bytes[at] = static_cast<char>(random()); break;
        case 1: bytes.erase(at, 1 + random() % 4); break;
        case 2: bytes.insert(at, bytes.substr(random() % bytes.size(), 5)); break;
      }
      if (bytes.empty()) bytes = "H";
    }
    ResponseParser parser{ResponseLimits()};
    feed_in_pieces(parser, bytes, 1 + random() % 12);
    if (parser.state() == State::reading) parser.feed_end();
    ASSERT_NE(parser.state(), State::reading) << round;
  }
}

}  // namespace
}  // namespace signalbox::http
