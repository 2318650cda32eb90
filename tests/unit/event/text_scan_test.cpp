#include "event/text_scan.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace signalbox::event {
namespace {

bool is_special(char c) { return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20; }

/// The offset find_special() finds, and the one that looking at each character finds.
std::pair<std::ptrdiff_t, std::ptrdiff_t> found_and_expected(const std::string& text, std::size_t from) {
  const char* begin = text.data();
  const char* end = begin + text.size();
  return {find_special(begin + from, end) - begin, std::find_if(begin + from, end, is_special) - begin};
}

TEST(TextScan, FindsEveryByteThatIsSpecialAndNoOther) {
  for (int byte = 0; byte < 256; ++byte) {
    std::string text(40, 'x');
    text[20] = static_cast<char>(byte);
    const auto [found, expected] = found_and_expected(text, 0);
    EXPECT_EQ(found, expected) << "byte " << byte;
  }
}

TEST(TextScan, FindsTheFirstSpecialByteAtAnyPlaceInTextOfAnyLength) {
  for (std::size_t size = 0; size <= 50; ++size) {
    for (std::size_t from = 0; from <= size; ++from) {
      for (std::size_t at = 0; at < size; ++at) {
        std::string text(size, '\x7f');
        text[at] = '"';
        text.back() = '\\';
        const auto [found, expected] = found_and_expected(text, from);
        ASSERT_EQ(found, expected) << "size " << size << " from " << from << " at " << at;
      }
      const auto [found, expected] = found_and_expected(std::string(size, '\xff'), from);
      ASSERT_EQ(found, expected) << "none in size " << size << " from " << from;
    }
  }
}

TEST(TextScan, SeesADotAtAnyPlaceInANameOfAnyLength) {
  for (std::size_t size = 0; size <= 40; ++size) {
    // '/' and '-' stand beside '.' in ASCII, 0xAE is '.' with the highest bit.
    for (const char other : {'/', '-', '\xae', 'a'}) {
      EXPECT_FALSE(has_dot(std::string(size, other))) << "size " << size;
      for (std::size_t at = 0; at < size; ++at) {
        std::string name(size, other);
        name[at] = '.';
        EXPECT_TRUE(has_dot(name)) << "size " << size << " at " << at;
      }
    }
  }
}

}  // namespace
}  // namespace signalbox::event
