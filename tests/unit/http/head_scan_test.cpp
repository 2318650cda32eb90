#include "http/head_scan.hpp"

#include <gtest/gtest.h>

#include <string>

#include "head_cases.hpp"

namespace signalbox::http {
namespace {

using test::HeadCase;

constexpr std::size_t kHeadersMax = 200;

/// The refusal of `raw`, 0 when accepted: what a session makes of it.
unsigned refusal_of(std::string_view raw, HeadScan& scan) {
  HeadEnd end;
  if (raw.starts_with("\r\n")) raw.remove_prefix(2);
  switch (end.find(raw)) {
    case HeadEnd::State::malformed:
      return 400;
    case HeadEnd::State::incomplete:
      return 1;  // none of ours
    case HeadEnd::State::complete:
      break;
  }
  const auto fault = scan.scan(raw.substr(0, end.size()));
  if (!fault) return 0;
  EXPECT_FALSE(fault->detail.empty());
  return fault->status;
}

class HeadScanCases : public testing::TestWithParam<HeadCase> {};

TEST_P(HeadScanCases, verdict_is_as_listed) {
  HeadScan scan(kHeadersMax);
  EXPECT_EQ(refusal_of(GetParam().raw, scan), GetParam().refusal);
}

TEST_P(HeadScanCases, verdict_is_the_same_after_another_request) {
  HeadScan scan(kHeadersMax);
  ASSERT_EQ(
      refusal_of(test::post("Content-Length: 3\r\nConnection: close\r\nExpect: 100-continue\r\n"), scan), 0u);
  EXPECT_EQ(refusal_of(GetParam().raw, scan), GetParam().refusal);
  EXPECT_TRUE(GetParam().refusal != 0 || GetParam().closes || scan.head().keep_alive);
}

INSTANTIATE_TEST_SUITE_P(table, HeadScanCases, testing::ValuesIn(test::head_cases()), test::head_case_name);

TEST(HeadScan, a_value_may_hold_tabs_and_bytes_above_ascii_but_no_control_character_wherever_it_stands) {
  HeadScan scan(kHeadersMax);
  for (std::size_t size = 1; size <= 20; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      for (int byte = 0; byte < 256; ++byte) {
        if (byte == '\n') continue;  // ends the line
        std::string value(size, '\xe9');
        value[at] = static_cast<char>(byte);
        const auto head = "GET / HTTP/1.1\r\nHost: a\r\nX: ~" + value + "~\r\n\r\n";
        const bool is_control = (byte < 0x20 && byte != '\t') || byte == 0x7f;
        ASSERT_EQ(refusal_of(head, scan), is_control ? 400u : 0u) << "byte " << byte << " at " << at << " of " << size;
        if (is_control) continue;
        ASSERT_EQ(scan.head().headers.back().value, "~" + value + "~");
      }
    }
  }
}

TEST(HeadScan, accepted_head_is_taken_apart) {
  HeadScan scan(kHeadersMax);
  const std::string raw =
      "POST /v1/acme/orders?x=1&y HTTP/1.1\r\nHost: a\r\nX-One:  two words \r\nContent-Length: 12\r\n"
      "Expect: 100-continue\r\n\r\n";
  ASSERT_EQ(refusal_of(raw, scan), 0u);
  const auto& head = scan.head();
  EXPECT_EQ(head.method, "POST");
  EXPECT_EQ(head.target, "/v1/acme/orders?x=1&y");
  EXPECT_EQ(head.path, "/v1/acme/orders");
  EXPECT_EQ(head.query, "x=1&y");
  EXPECT_EQ(head.content_length, 12u);
  EXPECT_TRUE(head.expects_continue);
  EXPECT_TRUE(head.keep_alive);
  EXPECT_FALSE(head.chunked);
  ASSERT_EQ(head.headers.size(), 4u);
  EXPECT_EQ(head.headers[1].name, "X-One");
  EXPECT_EQ(head.headers[1].value, "two words");
}

TEST(HeadScan, absolute_form_gives_path_and_query) {
  HeadScan scan(kHeadersMax);
  const auto without_path = test::line("GET http://example.org?x HTTP/1.1");
  const auto with_path = test::line("GET http://example.org/a/b HTTP/1.1");
  ASSERT_EQ(refusal_of(without_path, scan), 0u);
  EXPECT_EQ(scan.head().path, "/");
  EXPECT_EQ(scan.head().query, "x");
  ASSERT_EQ(refusal_of(with_path, scan), 0u);
  EXPECT_EQ(scan.head().path, "/a/b");
}

TEST(HeadScan, fields_up_to_the_limit_are_accepted) {
  HeadScan scan(3);
  EXPECT_EQ(refusal_of(test::get("A: 1\r\nB: 2\r\n"), scan), 0u);
  EXPECT_EQ(refusal_of(test::get("A: 1\r\nB: 2\r\nC: 3\r\n"), scan), 431u);
}

TEST(HeadEnd, end_is_found_however_the_bytes_are_cut) {
  const std::string raw = test::get("X: a\r\n") + "rest";
  const auto size = raw.size() - 4;
  for (std::size_t first = 0; first < size; ++first) {
    HeadEnd end;
    ASSERT_EQ(end.find(raw.substr(0, first)), HeadEnd::State::incomplete) << first;
    ASSERT_EQ(end.find(raw), HeadEnd::State::complete) << first;
    ASSERT_EQ(end.size(), size);
  }
}

TEST(HeadEnd, bare_line_feed_is_noticed_before_the_head_is_whole) {
  HeadEnd end;
  EXPECT_EQ(end.find("GET / HTTP/1.1\n"), HeadEnd::State::malformed);
}

TEST(HeadEnd, first_byte_that_begins_no_request_is_noticed_at_once) {
  HeadEnd end;
  EXPECT_EQ(end.find("\x16"), HeadEnd::State::malformed);
}

}  // namespace
}  // namespace signalbox::http
