#include "base/outgoing_header.hpp"

#include <algorithm>
#include <array>

#include "base/header_field.hpp"

namespace signalbox::base {
namespace {

constexpr std::size_t kFieldNameBytesMax = 256;
constexpr std::array<std::string_view, 9> kHopByHop{"connection", "keep-alive", "proxy-connection",
                                                    "te",         "trailer",    "transfer-encoding",
                                                    "upgrade",    "expect",     "proxy-authorization"};
constexpr std::array<std::string_view, 4> kOurs{"host", "signalbox-attempt", "traceparent", "tracestate"};

bool is_token_character(char c) {
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  return letter || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

}  // namespace

bool is_field_name(std::string_view text) {
  return !text.empty() && text.size() <= kFieldNameBytesMax &&
         std::all_of(text.begin(), text.end(), is_token_character);
}

bool is_field_value(std::string_view text) {
  auto allowed = [](char c) { return (c >= 0x20 && c < 0x7f) || c == '\t'; };
  auto space = [](char c) { return c == ' ' || c == '\t'; };
  if (text.empty() || text.size() > kFieldValueBytesMax) return false;
  return !space(text.front()) && !space(text.back()) && std::all_of(text.begin(), text.end(), allowed);
}

std::string_view outgoing_header_fault(std::string_view name) {
  auto is = [&](std::string_view other) { return equals_ignoring_case(name, other); };
  auto starts = [&](std::string_view prefix) {
    return equals_ignoring_case(name.substr(0, prefix.size()), prefix);
  };
  if (!is_field_name(name)) return "is not the name of a header";
  if (std::any_of(kHopByHop.begin(), kHopByHop.end(), is))
    return "belongs to the connection, not to the message";
  if (starts("ce-")) return "ce- headers are the event's attributes: a transform sets them";
  if (starts("content-")) return "Content- headers are set from the event's data";
  if (starts("webhook-")) return "webhook- headers are the signature's: see \"sign\"";
  if (is("authorization")) return "a credential is given by \"auth\"";
  if (is("user-agent")) return "is given by \"user_agent\"";
  if (std::any_of(kOurs.begin(), kOurs.end(), is)) return "is set by Signalbox";
  return {};
}

}  // namespace signalbox::base
