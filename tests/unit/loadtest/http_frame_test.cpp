#include "loadtest/http_frame.hpp"

#include <gtest/gtest.h>

namespace signalbox::loadtest {
namespace {

using State = HttpFrame::State;

TEST(HttpFrame, every_prefix_of_a_message_is_incomplete) {
  const std::string sized = "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc";
  const std::string chunked =
      "POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n";
  for (const auto& text : {sized, chunked}) {
    for (std::size_t size = 0; size < text.size(); ++size) {
      EXPECT_EQ(read_frame(text.substr(0, size), HttpFrameKind::request).state, State::incomplete) << size;
    }
    const auto frame = read_frame(text, HttpFrameKind::request);
    ASSERT_EQ(frame.state, State::complete);
    EXPECT_EQ(frame.length, text.size());
    EXPECT_EQ(decoded_body(frame), "abc");
  }
}

TEST(HttpFrame, the_next_message_is_not_part_of_it) {
  const std::string text =
      "HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 204 No Content\r\n\r\n";
  const auto first = read_frame(text, HttpFrameKind::response);
  EXPECT_EQ(first.status(), 202u);
  EXPECT_EQ(first.body, "ok");
  const auto rest = text.substr(first.length);
  const auto second = read_frame(rest, HttpFrameKind::response);
  EXPECT_EQ(second.status(), 204u);
  EXPECT_EQ(second.length, rest.size());
}

TEST(HttpFrame, headers_are_found_by_name_in_any_case_and_trimmed) {
  const auto frame = read_frame("GET / HTTP/1.1\r\nce-idx: no\r\nCE-ID:  a b \r\nConnection: Close\r\n\r\n",
                                HttpFrameKind::request);
  EXPECT_EQ(frame.header("ce-id"), "a b");
  EXPECT_EQ(frame.header("absent"), "");
  EXPECT_TRUE(frame.close);
}

TEST(HttpFrame, what_is_no_http_is_malformed) {
  EXPECT_EQ(read_frame("220 ready\r\n\r\n", HttpFrameKind::response).state, State::malformed);
  EXPECT_EQ(read_frame("POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n", HttpFrameKind::request).state,
            State::malformed);
  EXPECT_EQ(
      read_frame("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", HttpFrameKind::request).state,
      State::malformed);
  EXPECT_EQ(read_frame(std::string(kMaxFrameHeadBytes + 1, 'a'), HttpFrameKind::request).state,
            State::malformed);
}

}  // namespace
}  // namespace signalbox::loadtest
