#include "http/url.hpp"

#include <algorithm>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

namespace signalbox::http {
namespace {

constexpr std::size_t kLongestUrl = 4096;
constexpr std::size_t kLongestHost = 253;

Error bad(std::string why) { return Error(Errc::invalid_argument, std::move(why)); }

std::uint16_t default_port(Url::Scheme scheme) { return scheme == Url::Scheme::https ? 443 : 80; }

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

bool names_a_host(std::string_view host) {
  auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
  };
  return !host.empty() && host.size() <= kLongestHost && std::all_of(host.begin(), host.end(), allowed);
}

}  // namespace

Result<Url> parse_url(std::string_view text) {
  if (text.size() > kLongestUrl) return bad("a URL may have at most 4096 characters");
  const auto parsed = boost::urls::parse_uri(boost::core::string_view(text.data(), text.size()));
  if (!parsed) return bad("not an absolute URL such as https://crm.example/events");
  const auto& view = *parsed;

  Url url;
  switch (view.scheme_id()) {
    case boost::urls::scheme::http: url.scheme = Url::Scheme::http; break;
    case boost::urls::scheme::https: url.scheme = Url::Scheme::https; break;
    default: return bad("the scheme must be http or https");
  }
  if (view.has_userinfo()) return bad("a URL must not hold a user name or password");
  if (view.has_fragment()) return bad("a URL must not have a fragment");

  switch (view.host_type()) {
    case boost::urls::host_type::ipv6: url.host = lower(std::string(view.encoded_host_address())); break;
    case boost::urls::host_type::ipv4:
    case boost::urls::host_type::name:
      url.host = lower(std::string(view.encoded_host()));
      if (!names_a_host(url.host)) return bad("the host must be a DNS name or an address (write international names in punycode)");
      break;
    case boost::urls::host_type::none:
    case boost::urls::host_type::ipvfuture: return bad("the host is missing");
  }

  url.port = default_port(url.scheme);
  if (view.has_port() && !view.port().empty()) {
    url.port = view.port_number();
    if (url.port == 0) return bad("the port must be from 1 to 65535");
  }
  url.target = std::string(view.encoded_target());
  if (url.target.empty() || url.target.front() != '/') url.target.insert(0, "/");
  return url;
}

std::string Url::authority() const {
  auto text = host.find(':') == std::string::npos ? host : "[" + host + "]";
  if (port != default_port(scheme)) text += ":" + std::to_string(port);
  return text;
}

std::string Url::describe() const {
  const auto query = target.find('?');
  return (scheme == Scheme::https ? "https://" : "http://") + authority() + target.substr(0, query) +
         (query == std::string::npos ? "" : "?...");
}

}  // namespace signalbox::http
