#include "http/routes.hpp"

#include <algorithm>
#include <cassert>

#include "base/percent.hpp"

namespace signalbox::http {
namespace {

using Segments = boost::container::static_vector<std::string_view, Routes::kSegmentsMax>;

/// "/a/b" -> a, b; "/" -> one empty segment.  nullopt when it does not begin with a slash or is too deep.
std::optional<Segments> split_path(std::string_view path) {
  Segments segments;
  if (!path.starts_with('/')) return std::nullopt;
  while (!path.empty()) {
    path.remove_prefix(1);
    if (segments.size() == segments.capacity()) return std::nullopt;
    const auto segment = path.substr(0, path.find('/'));
    segments.push_back(segment);
    path.remove_prefix(segment.size());
  }
  return segments;
}

bool has_percent(std::string_view text) { return text.find('%') != text.npos; }

/// Whether every percent-encoding in `path` is whole and none stands for NUL.
bool is_decodable(std::string_view path) {
  if (!has_percent(path)) return true;
  const auto decoded = base::percent_decode(path);
  return decoded && decoded->find('\0') == decoded->npos;
}

std::string decode(std::string_view segment) {
  return has_percent(segment) ? base::percent_decode(segment).value() : std::string(segment);
}

}  // namespace

void Routes::add(std::string_view method, std::string_view pattern, int route) {
  const auto parts = split_path(pattern);
  assert(parts && "a pattern begins with a slash and has at most kSegmentsMax segments");
  Route added{std::string(method), {}, route};
  for (std::string_view part : *parts) {
    const bool is_capture = part.starts_with('{') && part.ends_with('}');
    added.segments.push_back(Segment{is_capture ? std::string() : std::string(part), is_capture});
  }
  const auto captures = std::count_if(added.segments.begin(), added.segments.end(),
                                      [](const Segment& segment) { return segment.is_capture; });
  assert(captures <= static_cast<std::ptrdiff_t>(kCapturesMax));
  routes_.push_back(std::move(added));
}

bool Routes::Segment::fits(std::string_view given) const {
  if (is_capture) return !given.empty();
  return given == text || (has_percent(given) && decode(given) == text);
}

bool Routes::Route::answers(std::string_view asked) const {
  return method == asked || (method == "GET" && asked == "HEAD");
}

Routes::Match Routes::match(std::string_view method, std::string_view path) const {
  Match match;
  if (!is_decodable(path)) {
    match.verdict = Verdict::bad_path;
    return match;
  }
  const auto given = split_path(path);
  if (!given) return match;
  const auto allow = [&match](std::string_view name) {
    if (match.allow.find(name) == match.allow.npos)
      match.allow.append(match.allow.empty() ? "" : ", ").append(name);
  };
  for (const auto& route : routes_) {
    const bool fits =
        std::equal(route.segments.begin(), route.segments.end(), given->begin(), given->end(),
                   [](const Segment& segment, std::string_view part) { return segment.fits(part); });
    if (!fits) continue;
    if (!route.answers(method)) {
      match.verdict = Verdict::method_not_allowed;
      allow(route.method);
      if (route.method == "GET") allow("HEAD");
      continue;
    }
    match.verdict = Verdict::found;
    match.route = route.route;
    match.allow.clear();
    for (std::size_t i = 0; i < given->size(); ++i)
      if (route.segments[i].is_capture) match.captures.push_back(decode((*given)[i]));
    return match;
  }
  return match;
}

std::optional<QueryParameters> parse_query(std::string_view query) {
  const auto decode_text = [](std::string_view text) {
    std::string spaced(text);
    std::replace(spaced.begin(), spaced.end(), '+', ' ');
    return base::percent_decode(spaced);
  };
  QueryParameters parameters;
  while (!query.empty()) {
    const auto parameter = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), parameter.size() + 1));
    if (parameter.empty()) continue;
    const auto equals = std::min(parameter.find('='), parameter.size());
    auto name = decode_text(parameter.substr(0, equals));
    auto value = decode_text(parameter.substr(std::min(parameter.size(), equals + 1)));
    if (!name || !value) return std::nullopt;
    parameters.emplace_back(*std::move(name), *std::move(value));
  }
  return parameters;
}

}  // namespace signalbox::http
