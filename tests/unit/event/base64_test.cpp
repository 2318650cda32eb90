#include "event/base64.hpp"

#include <gtest/gtest.h>

namespace signalbox::event {
namespace {

std::optional<std::string> decoded(std::string_view text) {
  const auto size = base64_decoded_size(text);
  if (!size) return std::nullopt;
  std::string out(*size, '?');
  decode_base64(text, out.data());
  return out;
}

std::string encoded(std::string_view bytes) {
  std::string out = ">";
  append_base64(out, bytes);
  return out.substr(1);
}

TEST(Base64, the_vectors_of_rfc_4648_pass_both_ways) {
  constexpr std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                             {"f", "Zg=="},
                                                             {"fo", "Zm8="},
                                                             {"foo", "Zm9v"},
                                                             {"foob", "Zm9vYg=="},
                                                             {"fooba", "Zm9vYmE="},
                                                             {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : vectors) {
    EXPECT_EQ(encoded(bytes), text);
    EXPECT_EQ(decoded(text), bytes);
  }
}

TEST(Base64, all_bytes_at_all_lengths_come_back) {
  std::string bytes;
  for (int i = 0; i < 600; ++i) {
    EXPECT_EQ(decoded(encoded(bytes)), bytes);
    bytes += static_cast<char>(i * 37);
  }
}

TEST(Base64, what_is_not_to_the_letter_is_refused) {
  for (const char* text : {"Z", "Zg", "Zg=", "Zg===", "====", "=", "Z===", "Zm9v=", "Zm8=Zm8=", "Zm 9v",
                           "Zm9v\n", "Zm9-", "Zm9_", "Zh==", "Zm9=", "Zm9\xc3", "Z=g="})
    EXPECT_FALSE(decoded(text)) << text;
}

}  // namespace
}  // namespace signalbox::event
