#include "http/response_head.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>

#include "base/ascii_text.hpp"
#include "base/header_field.hpp"

namespace signalbox::http {
namespace {

bool is_ours(std::string_view name) {
  for (std::string_view ours : {"content-length", "date", "connection", "transfer-encoding", "keep-alive"})
    if (base::equals_ignoring_case(name, ours)) return true;
  return false;
}

/// A handler's mistake must not become a second response.
void append_clean(std::string& out, std::string_view text) {
  const auto at = out.size();
  out += text;
  std::replace_if(
      out.begin() + static_cast<std::ptrdiff_t>(at), out.end(),
      [](char c) { return c == '\r' || c == '\n' || c == '\0'; }, ' ');
}

}  // namespace

std::string_view reason_phrase(unsigned status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 411:
      return "Length Required";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Content";
    case 428:
      return "Precondition Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    case 507:
      return "Insufficient Storage";
    default:
      return "";
  }
}

std::string_view DateField::at(WallTime now) {
  const auto second = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
  if (second != second_) {
    second_ = second;
    const std::time_t time = second;
    std::tm parts{};
    gmtime_r(&time, &parts);
    constexpr std::string_view kDays = "SunMonTueWedThuFriSat";
    constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const auto day = kDays.substr(static_cast<std::size_t>(parts.tm_wday) * 3, 3);
    const auto month = kMonths.substr(static_cast<std::size_t>(parts.tm_mon) * 3, 3);
    const auto written = fmt::format_to_n(
        text_.data(), text_.size(), "Date: {}, {:02} {} {:04} {:02}:{:02}:{:02} GMT\r\n", day, parts.tm_mday,
        month, parts.tm_year + 1900, parts.tm_hour, parts.tm_min, parts.tm_sec);
    size_ = std::min(written.size, text_.size());
  }
  return {text_.data(), size_};
}

void append_response_head(std::string& out, const Response& response, BodyEnd end, Persistence persistence,
                          std::string_view date_field) {
  out += "HTTP/1.1 ";
  base::append_number(out, response.status);
  out += ' ';
  out += reason_phrase(response.status);
  out += "\r\n";
  out += date_field;
  for (const auto& [name, value] : response.headers) {
    if (is_ours(name)) continue;
    append_clean(out, name);
    out += ": ";
    append_clean(out, value);
    out += "\r\n";
  }
  if (end == BodyEnd::by_chunks) out += "Transfer-Encoding: chunked\r\n";
  if (end == BodyEnd::by_length && may_have_body(response.status)) {
    out += "Content-Length: ";
    base::append_number(out, response.body.size());
    out += "\r\n";
  }
  if (persistence == Persistence::close) out += "Connection: close\r\n";
  if (persistence == Persistence::keep_alive_1_0) out += "Connection: keep-alive\r\n";
  out += "\r\n";
}

}  // namespace signalbox::http
