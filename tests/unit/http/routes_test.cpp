#include "http/routes.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace signalbox::http {
namespace {

using RouteVerdict = Routes::Verdict;
enum : int { kRoot = 1, kPublish, kHandshake, kTenants, kTenant, kReload };

Routes make_routes() {
  Routes routes;
  routes.add("GET", "/", kRoot);
  routes.add("POST", "/v1/{tenant}/{channel}/events", kPublish);
  routes.add("OPTIONS", "/v1/{tenant}/{channel}/events", kHandshake);
  routes.add("GET", "/v1/tenants", kTenants);
  routes.add("GET", "/v1/tenants/{tenant}", kTenant);
  routes.add("POST", "/v1/reload", kReload);
  return routes;
}

struct RouteCase {
  std::string name, method, path;
  RouteVerdict verdict = RouteVerdict::found;
  int route = 0;
  std::vector<std::string> captures;
  std::string allow;
};
void PrintTo(const RouteCase& c, std::ostream* out) { *out << c.name; }

class RoutesCases : public testing::TestWithParam<RouteCase> {};

TEST_P(RoutesCases, match_is_as_listed) {
  const auto match = make_routes().match(GetParam().method, GetParam().path);
  EXPECT_EQ(match.verdict, GetParam().verdict);
  EXPECT_EQ(match.route, GetParam().route);
  EXPECT_EQ(std::vector<std::string>(match.captures.begin(), match.captures.end()), GetParam().captures);
  EXPECT_EQ(match.allow, GetParam().allow);
}

std::string route_case_name(const testing::TestParamInfo<RouteCase>& info) { return info.param.name; }
INSTANTIATE_TEST_SUITE_P(
    table, RoutesCases,
    testing::Values(
        RouteCase{"root", "GET", "/", RouteVerdict::found, kRoot, {}, ""},
        RouteCase{"two_captures",
             "POST",
             "/v1/acme/orders/events",
             RouteVerdict::found,
             kPublish,
             {"acme", "orders"},
             ""},
        RouteCase{"capture_is_decoded",
             "POST",
             "/v1/a%20b/%C3%A9/events",
             RouteVerdict::found,
             kPublish,
             {"a b", "\xc3\xa9"},
             ""},
        RouteCase{"encoded_slash_stays_inside",
             "POST",
             "/v1/a%2Fb/c/events",
             RouteVerdict::found,
             kPublish,
             {"a/b", "c"},
             ""},
        RouteCase{"plus_stays_plus", "POST", "/v1/a+b/c/events", RouteVerdict::found, kPublish, {"a+b", "c"}, ""},
        RouteCase{"literal_may_be_encoded", "GET", "/v1/%74enants", RouteVerdict::found, kTenants, {}, ""},
        RouteCase{"head_is_answered_by_get", "HEAD", "/v1/tenants/acme", RouteVerdict::found, kTenant, {"acme"}, ""},
        RouteCase{"same_path_other_method",
             "OPTIONS",
             "/v1/a/b/events",
             RouteVerdict::found,
             kHandshake,
             {"a", "b"},
             ""},
        RouteCase{"method_not_allowed",
             "GET",
             "/v1/a/b/events",
             RouteVerdict::method_not_allowed,
             0,
             {},
             "POST, OPTIONS"},
        RouteCase{"get_allows_head", "DELETE", "/v1/tenants", RouteVerdict::method_not_allowed, 0, {}, "GET, HEAD"},
        RouteCase{"lower_case_method", "post", "/v1/reload", RouteVerdict::method_not_allowed, 0, {}, "POST"},
        RouteCase{"no_such_path", "GET", "/v2", RouteVerdict::not_found, 0, {}, ""},
        RouteCase{"empty_segment_is_no_capture", "POST", "/v1//orders/events", RouteVerdict::not_found, 0, {}, ""},
        RouteCase{"trailing_slash", "GET", "/v1/tenants/", RouteVerdict::not_found, 0, {}, ""},
        RouteCase{"longer_path", "POST", "/v1/a/b/events/x", RouteVerdict::not_found, 0, {}, ""},
        RouteCase{"case_matters", "GET", "/V1/tenants", RouteVerdict::not_found, 0, {}, ""},
        RouteCase{"asterisk", "OPTIONS", "*", RouteVerdict::not_found, 0, {}, ""},
        RouteCase{"empty", "GET", "", RouteVerdict::not_found, 0, {}, ""},
        RouteCase{"too_deep", "GET", "/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a", RouteVerdict::not_found, 0, {}, ""},
        RouteCase{"bad_percent", "POST", "/v1/a%2/b/events", RouteVerdict::bad_path, 0, {}, ""},
        RouteCase{"bad_percent_anywhere", "GET", "/nowhere/%xy", RouteVerdict::bad_path, 0, {}, ""},
        RouteCase{"encoded_nul", "POST", "/v1/a%00/b/events", RouteVerdict::bad_path, 0, {}, ""}),
    route_case_name);

TEST(ParseQuery, parameters_are_decoded_in_order_and_repeated_names_kept) {
  const auto parameters = parse_query("a=1&b=x+y%26z&a=2&flag&&c=d=e");
  const QueryParameters expected = {{"a", "1"}, {"b", "x y&z"}, {"a", "2"}, {"flag", ""}, {"c", "d=e"}};
  ASSERT_TRUE(parameters);
  EXPECT_EQ(*parameters, expected);
}

TEST(ParseQuery, empty_query_has_no_parameters) {
  ASSERT_TRUE(parse_query(""));
  EXPECT_TRUE(parse_query("")->empty());
}

TEST(ParseQuery, malformed_percent_encoding_is_refused) {
  EXPECT_FALSE(parse_query("a=%"));
  EXPECT_FALSE(parse_query("%g0=a"));
}

}  // namespace
}  // namespace signalbox::http
