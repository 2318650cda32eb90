#include "base/percent.hpp"

#include <gtest/gtest.h>

#include <string>

namespace signalbox::base {
namespace {

TEST(PercentDecode, encoded_bytes_are_replaced) {
  EXPECT_EQ(percent_decode("a%20b%2Fc%2f+"), "a b/c/+");
  EXPECT_EQ(percent_decode("%00"), std::string(1, '\0'));
  EXPECT_EQ(percent_decode(""), "");
}

TEST(PercentDecode, malformed_encoding_is_refused) {
  for (const char* text : {"%", "a%2", "%zz", "%2g", "%%20", "%+1"})
    EXPECT_FALSE(percent_decode(text)) << text;
}

TEST(PercentEncode, all_but_unreserved_is_encoded) {
  EXPECT_EQ(percent_encode_path_segment("aZ09-._~"), "aZ09-._~");
  EXPECT_EQ(percent_encode_path_segment("a/b c%\xc3"), "a%2Fb%20c%25%C3");
}

TEST(PercentEncode, every_byte_survives_the_round_trip) {
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  EXPECT_EQ(percent_decode(percent_encode_path_segment(all)), all);
}

}  // namespace
}  // namespace signalbox::base
