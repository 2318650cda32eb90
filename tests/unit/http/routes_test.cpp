#include "http/routes.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace signalbox::http {
namespace {

using Verdict = Routes::Verdict;
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

struct Case {
  std::string name, method, path;
  Verdict verdict = Verdict::found;
  int route = 0;
  std::vector<std::string> captures;
  std::string allow;
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

class RoutesCases : public testing::TestWithParam<Case> {};

TEST_P(RoutesCases, match_is_as_listed) {
  const auto match = make_routes().match(GetParam().method, GetParam().path);
  EXPECT_EQ(match.verdict, GetParam().verdict);
  EXPECT_EQ(match.route, GetParam().route);
  EXPECT_EQ(std::vector<std::string>(match.captures.begin(), match.captures.end()), GetParam().captures);
  EXPECT_EQ(match.allow, GetParam().allow);
}

std::string name_of(const testing::TestParamInfo<Case>& info) { return info.param.name; }
INSTANTIATE_TEST_SUITE_P(
    table, RoutesCases,
    testing::Values(
        Case{"root", "GET", "/", Verdict::found, kRoot, {}, ""},
        Case{"two_captures",
             "POST",
             "/v1/acme/orders/events",
             Verdict::found,
             kPublish,
             {"acme", "orders"},
             ""},
        Case{"capture_is_decoded",
             "POST",
             "/v1/a%20b/%C3%A9/events",
             Verdict::found,
             kPublish,
             {"a b", "\xc3\xa9"},
             ""},
        Case{"encoded_slash_stays_inside",
             "POST",
             "/v1/a%2Fb/c/events",
             Verdict::found,
             kPublish,
             {"a/b", "c"},
             ""},
        Case{"plus_stays_plus", "POST", "/v1/a+b/c/events", Verdict::found, kPublish, {"a+b", "c"}, ""},
        Case{"literal_may_be_encoded", "GET", "/v1/%74enants", Verdict::found, kTenants, {}, ""},
        Case{"head_is_answered_by_get", "HEAD", "/v1/tenants/acme", Verdict::found, kTenant, {"acme"}, ""},
        Case{"same_path_other_method",
             "OPTIONS",
             "/v1/a/b/events",
             Verdict::found,
             kHandshake,
             {"a", "b"},
             ""},
        Case{"method_not_allowed",
             "GET",
             "/v1/a/b/events",
             Verdict::method_not_allowed,
             0,
             {},
             "POST, OPTIONS"},
        Case{"get_allows_head", "DELETE", "/v1/tenants", Verdict::method_not_allowed, 0, {}, "GET, HEAD"},
        Case{"lower_case_method", "post", "/v1/reload", Verdict::method_not_allowed, 0, {}, "POST"},
        Case{"no_such_path", "GET", "/v2", Verdict::not_found, 0, {}, ""},
        Case{"empty_segment_is_no_capture", "POST", "/v1//orders/events", Verdict::not_found, 0, {}, ""},
        Case{"trailing_slash", "GET", "/v1/tenants/", Verdict::not_found, 0, {}, ""},
        Case{"longer_path", "POST", "/v1/a/b/events/x", Verdict::not_found, 0, {}, ""},
        Case{"case_matters", "GET", "/V1/tenants", Verdict::not_found, 0, {}, ""},
        Case{"asterisk", "OPTIONS", "*", Verdict::not_found, 0, {}, ""},
        Case{"empty", "GET", "", Verdict::not_found, 0, {}, ""},
        Case{"too_deep", "GET", "/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a", Verdict::not_found, 0, {}, ""},
        Case{"bad_percent", "POST", "/v1/a%2/b/events", Verdict::bad_path, 0, {}, ""},
        Case{"bad_percent_anywhere", "GET", "/nowhere/%xy", Verdict::bad_path, 0, {}, ""},
        Case{"encoded_nul", "POST", "/v1/a%00/b/events", Verdict::bad_path, 0, {}, ""}),
    name_of);

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
