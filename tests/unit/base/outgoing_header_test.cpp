#include "base/outgoing_header.hpp"

#include <gtest/gtest.h>

#include <string>

namespace signalbox::base {
namespace {

TEST(OutgoingHeader, fields_of_the_message_itself_are_refused_in_any_case) {
  for (const auto name : {"Connection",
                          "TE",
                          "transfer-encoding",
                          "Upgrade",
                          "expect",
                          "ce-id",
                          "CE-x",
                          "Content-Length",
                          "content-type",
                          "webhook-id",
                          "Authorization",
                          "user-agent",
                          "Host",
                          "Signalbox-Attempt",
                          "traceparent",
                          "",
                          "x y",
                          "x:y",
                          "x\r\ny",
                          "\xc3\xa9"})
    EXPECT_FALSE(outgoing_header_fault(name).empty()) << name;
  for (const auto name : {"x-kind", "X-Api-Key", "accept", "cebit", "contents", "teapot", "!#$%&'*+-.^_`|~9"})
    EXPECT_EQ(outgoing_header_fault(name), "") << name;
}

TEST(OutgoingHeader, values_are_visible_ascii) {
  EXPECT_TRUE(is_field_value("a b\tc"));
  for (const auto value : {"", " a", "a ", "\ta", "a\t", "a\nb", "a\rb", "\x7f", "\xc3\xa9"})
    EXPECT_FALSE(is_field_value(value)) << value;
  EXPECT_TRUE(is_field_value(std::string(kFieldValueBytesMax, 'x')));
  EXPECT_FALSE(is_field_value(std::string(kFieldValueBytesMax + 1, 'x')));
}

}  // namespace
}  // namespace signalbox::base
