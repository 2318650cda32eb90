#include "schema/uri_reference.hpp"

#include <algorithm>

namespace signalbox::schema {
namespace {

constexpr auto npos = std::string_view::npos;

/// RFC 3986 appendix B, each part with its delimiter.
struct Parts {
  std::string_view scheme, authority, path, query;
};

Parts split(std::string_view uri) {
  Parts parts;
  const auto colon = uri.find_first_of(":/?#");
  if (colon != npos && colon > 0 && uri[colon] == ':') {
    parts.scheme = uri.substr(0, colon + 1);
    uri.remove_prefix(colon + 1);
  }
  if (uri.starts_with("//")) {
    parts.authority = uri.substr(0, std::min(uri.find_first_of("/?", 2), uri.size()));
    uri.remove_prefix(parts.authority.size());
  }
  parts.path = uri.substr(0, std::min(uri.find('?'), uri.size()));
  parts.query = uri.substr(parts.path.size());
  return parts;
}

/// RFC 3986 section 5.2.4.
std::string without_dots(std::string_view path) {
  std::string out;
  const auto drop_last = [&out] { out.erase(std::min(out.rfind('/'), out.size())); };
  while (!path.empty()) {
    if (path.starts_with("../")) {
      path.remove_prefix(3);
    } else if (path.starts_with("./")) {
      path.remove_prefix(2);
    } else if (path.starts_with("/./")) {
      path.remove_prefix(2);
    } else if (path == "/.") {
      path = "/";
    } else if (path.starts_with("/../")) {
      path.remove_prefix(3);
      drop_last();
    } else if (path == "/..") {
      path = "/";
      drop_last();
    } else if (path == "." || path == "..") {
      break;
    } else {
      const auto segment = path.substr(0, std::min(path.find('/', 1), path.size()));
      out += segment;
      path.remove_prefix(segment.size());
    }
  }
  return out;
}

std::string merged(const Parts& base, std::string_view path) {
  if (!base.authority.empty() && base.path.empty()) return "/" + std::string(path);
  const auto slash = base.path.rfind('/');
  return std::string(slash == npos ? std::string_view() : base.path.substr(0, slash + 1)) + std::string(path);
}

std::string joined(std::string_view scheme, std::string_view authority, std::string_view path,
                   std::string_view query) {
  std::string out(scheme);
  ((out += authority) += path) += query;
  return out;
}

}  // namespace

SplitUri split_fragment(std::string_view reference) {
  const auto hash = reference.find('#');
  if (hash == npos) return {reference, {}};
  return {reference.substr(0, hash), reference.substr(hash + 1)};
}

std::string resolve_uri(std::string_view base, std::string_view reference) {
  reference = split_fragment(reference).uri;
  base = split_fragment(base).uri;
  if (reference.empty()) return std::string(base);
  const auto to = split(reference);
  const auto from = split(base);
  if (!to.scheme.empty()) {
    const bool hierarchy = to.path.starts_with('/');
    return joined(to.scheme, to.authority, hierarchy ? without_dots(to.path) : std::string(to.path),
                  to.query);
  }
  if (!to.authority.empty()) return joined(from.scheme, to.authority, without_dots(to.path), to.query);
  if (to.path.empty()) return joined(from.scheme, from.authority, from.path, to.query);
  const auto path = to.path.starts_with('/') ? std::string(to.path) : merged(from, to.path);
  return joined(from.scheme, from.authority, without_dots(path), to.query);
}

}  // namespace signalbox::schema
