#pragma once
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace signalbox::http::test {

/// One raw request and what a strict server says to it.
struct HeadCase {
  std::string name;
  std::string raw;       ///< the head, and a body where the head announces one
  unsigned refusal = 0;  ///< the status; 0: accepted
  bool closes = false;   ///< accepted, and the connection ends after it
};

/// Names the case in a test's output.
inline void PrintTo(const HeadCase& c, std::ostream* out) { *out << c.name; }

inline std::string head_case_name(const testing::TestParamInfo<HeadCase>& info) { return info.param.name; }

inline std::string get(const std::string& fields) {
  return "GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
}
inline std::string post(const std::string& fields, const std::string& body = "") {
  return "POST / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n" + body;
}
inline std::string line(const std::string& request_line) { return request_line + "\r\nHost: a\r\n\r\n"; }
inline std::string host(const std::string& value) { return "GET / HTTP/1.1\r\nHost: " + value + "\r\n\r\n"; }

inline std::vector<HeadCase> head_cases() {
  using std::string;
  const string nul(1, '\0');
  const string chunks = "3\r\nabc\r\n0\r\n\r\n";
  std::vector<HeadCase> cases = {
      // the request line
      {"plain_get", get("")},
      {"get_with_query", line("GET /a/b?x=1&y=%20 HTTP/1.1")},
      {"query_with_brackets", line("GET /a?x[]={1|2} HTTP/1.1")},
      {"unknown_method_is_a_token", line("FROB / HTTP/1.1")},
      {"lower_case_method_is_a_token", line("get / HTTP/1.1")},
      {"options_asterisk", line("OPTIONS * HTTP/1.1")},
      {"absolute_form", line("GET http://example.org:80/a?b HTTP/1.1")},
      {"absolute_form_without_path", line("GET http://example.org HTTP/1.1")},
      {"absolute_form_https", line("GET HTTPS://example.org/ HTTP/1.1")},
      {"one_empty_line_before", "\r\n" + get("")},
      {"two_empty_lines_before", "\r\n\r\n" + get(""), 400},
      {"asterisk_of_get", line("GET * HTTP/1.1"), 400},
      {"absolute_form_bad_host", line("GET http://exa mple/ HTTP/1.1"), 400},
      {"absolute_form_user", line("GET http://me@example.org/ HTTP/1.1"), 400},
      {"absolute_form_empty_host", line("GET http:///a HTTP/1.1"), 400},
      {"absolute_form_other_scheme", line("GET ftp://example.org/ HTTP/1.1"), 400},
      {"authority_form", line("GET example.org:80 HTTP/1.1"), 400},
      {"relative_target", line("GET a HTTP/1.1"), 400},
      {"connect", line("CONNECT example.org:80 HTTP/1.1"), 501},
      {"trace", line("TRACE / HTTP/1.1"), 501},
      {"no_target", line("GET HTTP/1.1"), 400},
      {"two_spaces_before_target", line("GET  / HTTP/1.1"), 400},
      {"two_spaces_before_version", line("GET /  HTTP/1.1"), 400},
      {"tab_before_target", line("GET\t/ HTTP/1.1"), 400},
      {"space_after_version", line("GET / HTTP/1.1 "), 400},
      {"space_before_method", line(" GET / HTTP/1.1"), 400},
      {"no_method", line("/ HTTP/1.1"), 400},
      {"bad_method_character", line("G(T / HTTP/1.1"), 400},
      {"method_too_long", line(string(40, 'A') + " / HTTP/1.1"), 400},
      {"nul_in_method", line("GE" + nul + "T / HTTP/1.1"), 400},
      {"non_ascii_method", line("G\xc3\x89T / HTTP/1.1"), 400},
      {"non_ascii_target", line("GET /\xc3\xa9 HTTP/1.1"), 400},
      {"nul_in_target", line("GET /" + nul + " HTTP/1.1"), 400},
      {"control_character_in_target", line("GET /\x01 HTTP/1.1"), 400},
      {"tab_in_target", line("GET /a\tb HTTP/1.1"), 400},
      {"fragment_in_target", line("GET /a#b HTTP/1.1"), 400},
      {"backslash_in_target", line("GET /a\\b HTTP/1.1"), 400},
      {"quote_in_target", line("GET /a\"b HTTP/1.1"), 400},
      {"brackets_in_path", line("GET /a[b] HTTP/1.1"), 400},
      {"percent_alone_in_path", line("GET /a% HTTP/1.1"), 400},
      {"percent_not_hex_in_path", line("GET /a%zz HTTP/1.1"), 400},
      {"percent_cut_in_query", line("GET /a?b=%4 HTTP/1.1"), 400},
      {"http_0_9", "GET /\r\n\r\n", 400},
      {"http_1_2", line("GET / HTTP/1.2"), 505},
      {"http_2_0", line("GET / HTTP/2.0"), 505},
      {"http_2_preface", "PRI * HTTP/2.0\r\n\r\n", 505},
      {"http_3_0", line("GET / HTTP/3.0"), 505},
      {"http_0_1", line("GET / HTTP/0.1"), 505},
      {"version_lower_case", line("GET / http/1.1"), 400},
      {"version_two_digits", line("GET / HTTP/1.10"), 400},
      {"version_without_minor", line("GET / HTTP/1"), 400},
      {"version_comma", line("GET / HTTP/1,1"), 400},
      {"version_plus", line("GET / HTTP/+1.1"), 400},
      {"other_protocol", line("GET / RTSP/1.0"), 400},
      {"tls_hello", string("\x16\x03\x01\x02\x00\x01", 6) + "\r\n\r\n", 400},
      // line ends
      {"bare_lf_everywhere", "GET / HTTP/1.1\nHost: a\n\n", 400},
      {"bare_lf_after_request_line", "GET / HTTP/1.1\nHost: a\r\n\r\n", 400},
      {"bare_lf_after_field", "GET / HTTP/1.1\r\nHost: a\n\r\n", 400},
      {"bare_lf_at_end", "GET / HTTP/1.1\r\nHost: a\r\n\n", 400},
      {"bare_cr_in_request_line", "GET / HTTP/1.1\rHost: a\r\n\r\n", 400},
      {"bare_cr_in_value", get("X: a\rb\r\n"), 400},
      {"bare_cr_before_crlf", get("X: a\r\r\n"), 400},
      {"cr_hides_a_field", get("X: a\rContent-Length: 5\r\n"), 400},
      // fields
      {"value_with_tab_and_obs_text", get("X:\t a\tb \xe9 \r\n")},
      {"empty_value", get("X:\r\n")},
      {"odd_token_name", get("!#$%&'*+-.^_`|~: a\r\n")},
      {"space_before_colon", get("X : a\r\n"), 400},
      {"tab_before_colon", get("X\t: a\r\n"), 400},
      {"space_in_name", get("X Y: a\r\n"), 400},
      {"empty_name", get(": a\r\n"), 400},
      {"no_colon", get("nonsense\r\n"), 400},
      {"nul_in_name", get("X" + nul + ": a\r\n"), 400},
      {"non_ascii_name", get("X\xc3\xa9: a\r\n"), 400},
      {"bracket_in_name", get("X[1]: a\r\n"), 400},
      {"nul_in_value", get("X: a" + nul + "b\r\n"), 400},
      {"control_character_in_value", get("X: a\x02\r\n"), 400},
      {"delete_in_value", get("X: a\x7f\r\n"), 400},
      {"folded_with_space", get("X: a\r\n b\r\n"), 400},
      {"folded_with_tab", get("X: a\r\n\tb\r\n"), 400},
      {"folded_first_field", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400},
      {"folded_transfer_encoding", post("Transfer-Encoding:\r\n chunked\r\n", chunks), 400},
      {"doubled_content_type", post("Content-Type: a/b\r\nContent-Type: a/b\r\nContent-Length: 0\r\n"), 400},
      {"doubled_authorization", get("Authorization: Bearer a\r\nauthorization: Bearer b\r\n"), 400},
      {"doubled_other_field", get("Accept: a\r\nAccept: b\r\n")},
      // Host
      {"host_missing", "GET / HTTP/1.1\r\n\r\n", 400},
      {"host_missing_beside_absolute_form", "GET http://a/ HTTP/1.1\r\n\r\n", 400},
      {"host_doubled", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400},
      {"host_doubled_other_case", "GET / HTTP/1.1\r\nHost: a\r\nHOST: b\r\n\r\n", 400},
      {"host_empty", host(""), 400},
      {"host_with_space", host("a b"), 400},
      {"host_list", host("a, b"), 400},
      {"host_list_without_space", host("a,b"), 400},
      {"host_with_user", host("me@a"), 400},
      {"host_with_path", host("a/b"), 400},
      {"host_with_scheme", host("http://a"), 400},
      {"host_bad_port", host("a:8x"), 400},
      {"host_port_too_large", host("a:65536"), 400},
      {"host_port_negative", host("a:-1"), 400},
      {"host_two_ports", host("a:1:2"), 400},
      {"host_non_ascii", host("\xc3\xa9"), 400},
      {"host_open_bracket", host("[::1"), 400},
      {"host_bracket_nonsense", host("[xyz]"), 400},
      {"host_percent_cut", host("a%2"), 400},
      {"host_with_port", host("example.org:8080")},
      {"host_empty_port", host("example.org:")},
      {"host_v4", host("127.0.0.1:65535")},
      {"host_v6", host("[::1]:80")},
      // Content-Length
      {"length_zero", post("Content-Length: 0\r\n")},
      {"length_and_body", post("Content-Length: 3\r\n", "abc")},
      {"length_leading_zeros", post("Content-Length: 003\r\n", "abc")},
      {"length_on_get", get("Content-Length: 3\r\n") + "abc"},
      {"length_doubled", post("Content-Length: 3\r\nContent-Length: 3\r\n", "abc"), 400},
      {"length_doubled_differing", post("Content-Length: 3\r\nContent-Length: 5\r\n", "abc"), 400},
      {"length_list", post("Content-Length: 3, 3\r\n", "abc"), 400},
      {"length_empty", post("Content-Length:\r\n"), 400},
      {"length_plus", post("Content-Length: +3\r\n", "abc"), 400},
      {"length_minus", post("Content-Length: -3\r\n", "abc"), 400},
      {"length_hex", post("Content-Length: 0x3\r\n", "abc"), 400},
      {"length_fraction", post("Content-Length: 3.0\r\n", "abc"), 400},
      {"length_inner_space", post("Content-Length: 3 3\r\n", "abc"), 400},
      {"length_overflows", post("Content-Length: 99999999999999999999\r\n"), 400},
      {"length_wraps_to_small", post("Content-Length: 18446744073709551619\r\n", "abc"), 400},
      {"length_over_the_limit", post("Content-Length: 9999999999\r\n"), 0, true},
      {"post_without_length", post(""), 411},
      {"put_without_length", line("PUT / HTTP/1.1"), 411},
      {"patch_without_length", line("PATCH / HTTP/1.1"), 411},
      {"delete_without_length", line("DELETE / HTTP/1.1")},
      // Transfer-Encoding
      {"chunked", post("Transfer-Encoding: chunked\r\n", chunks)},
      {"chunked_other_case", post("transfer-encoding: CHUNKED\r\n", chunks)},
      {"chunked_and_length", post("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", chunks), 400},
      {"length_and_chunked", post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", chunks), 400},
      {"chunked_doubled", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", chunks), 400},
      {"chunked_then_identity", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", chunks),
       400},
      {"chunked_list", post("Transfer-Encoding: chunked, chunked\r\n", chunks), 400},
      {"coding_empty", post("Transfer-Encoding:\r\n", chunks), 400},
      {"coding_quoted", post("Transfer-Encoding: \"chunked\"\r\n", chunks), 400},
      {"coding_with_empty_element", post("Transfer-Encoding: ,chunked\r\n", chunks), 400},
      {"coding_with_parameter", post("Transfer-Encoding: chunked;a=b\r\n", chunks), 400},
      {"coding_with_vertical_tab",
       post("Transfer-Encoding: \x0b"
            "chunked\r\n",
            chunks),
       400},
      {"coding_identity", post("Transfer-Encoding: identity\r\n"), 501},
      {"coding_gzip", post("Transfer-Encoding: gzip\r\n", chunks), 501},
      {"coding_gzip_chunked", post("Transfer-Encoding: gzip, chunked\r\n", chunks), 501},
      {"coding_xchunked", post("Transfer-Encoding: xchunked\r\n", chunks), 501},
      {"coding_chunked_identity", post("Transfer-Encoding: chunked, identity\r\n", chunks), 501},
      {"chunked_in_http_1_0", "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks,
       400},
      {"chunked_name_with_space", post("Transfer-Encoding : chunked\r\n", chunks), 400},
      // Expect, Connection, HTTP/1.0
      {"expect_other", post("Content-Length: 3\r\nExpect: the-unexpected\r\n", "abc"), 417},
      {"expect_empty", post("Content-Length: 3\r\nExpect:\r\n", "abc"), 417},
      {"expect_doubled", post("Content-Length: 3\r\nExpect: 100-continue\r\nExpect: 100-continue\r\n", "abc"),
       400},
      {"expect_with_body_there", post("Content-Length: 3\r\nExpect: 100-Continue\r\n", "abc")},
      {"connection_close", get("Connection: close\r\n"), 0, true},
      {"connection_list_with_close", get("Connection: te, Close\r\n"), 0, true},
      {"connection_close_and_keep_alive", get("Connection: keep-alive, close\r\n"), 0, true},
      {"connection_upgrade_is_not_taken", get("Connection: Upgrade\r\nUpgrade: h2c\r\n")},
      {"http_1_0", "GET / HTTP/1.0\r\n\r\n", 0, true},
      {"http_1_0_keep_alive", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"},
      {"http_1_0_bad_host", "GET / HTTP/1.0\r\nHost: a b\r\n\r\n", 400},
      {"http_1_0_post_without_length", "POST / HTTP/1.0\r\n\r\n", 411},
      {"http_1_0_post", "POST / HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc", 0, true},
  };
  string many;
  for (int i = 0; i < 200; ++i) many += "X: a\r\n";
  cases.push_back({"too_many_fields", get(many), 431});
  return cases;
}

}  // namespace signalbox::http::test
