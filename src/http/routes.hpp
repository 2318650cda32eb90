#pragma once
#include <boost/container/static_vector.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace signalbox::http {

/// The path patterns of an API and what each leads to.  Built once, then read by many threads.
///
///     routes.add("POST", "/v1/{tenant}/{channel}/events", kPublish);
///     auto match = routes.match(head.method, head.path);
class Routes {
 public:
  static constexpr std::size_t kSegmentsMax = 16;
  static constexpr std::size_t kCapturesMax = 8;
  using Captures = boost::container::static_vector<std::string, kCapturesMax>;

  enum class Verdict {
    found,
    not_found,           ///< 404
    method_not_allowed,  ///< 405; `allow` says which would do
    bad_path,            ///< 400: malformed percent-encoding, or an encoded NUL
  };
  struct Match {
    Verdict verdict = Verdict::not_found;
    int route = 0;      ///< as given to add()
    Captures captures;  ///< of the pattern's braces, in order, percent-decoded
    std::string allow;  ///< "GET, HEAD, POST"
  };

  /// `pattern` is made of literal segments and {captures}; a capture takes one segment, which is not empty.
  /// A GET route answers HEAD too.  The first route added that fits wins. REQUIRES: at most kSegmentsMax
  /// segments and kCapturesMax captures.
  void add(std::string_view method, std::string_view pattern, int route);

  /// `path` is percent-encoded as sent.  An encoded slash belongs to its segment.
  Match match(std::string_view method, std::string_view path) const;

 private:
  struct Segment {
    std::string text;  // of a literal
    bool is_capture;
    bool fits(std::string_view given) const;
  };
  struct Route {
    std::string method;
    std::vector<Segment> segments;
    int route;
    bool answers(std::string_view asked) const;
  };
  std::vector<Route> routes_;
};

/// The parameters of a query in their order, repeated names kept: percent-decoded, '+' read as a space.
using QueryParameters = std::vector<std::pair<std::string, std::string>>;
/// "a=1&b=x+y&c": a parameter without '=' has an empty value.  nullopt on malformed percent-encoding.
std::optional<QueryParameters> parse_query(std::string_view query);

}  // namespace signalbox::http
