#include "client/input_text.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "support/temp_dir.hpp"

namespace signalbox::client {
namespace {

class InputTextTest : public testing::Test {
 protected:
  std::string write(const std::string& text) {
    const auto name = directory_.file("input");
    std::ofstream(name, std::ios::binary) << text;
    return name;
  }

  test::TempDir directory_;
};

TEST_F(InputTextTest, a_file_is_read_whole) {
  const std::string large(200'000, 'x');
  EXPECT_EQ(*read_input(write("")), "");
  EXPECT_EQ(*read_input(write(large)), large);
  EXPECT_EQ(*read_input(write(large), large.size()), large);
}

TEST_F(InputTextTest, of_what_is_too_long_one_byte_more_is_read) {
  EXPECT_EQ(*read_input(write("12345"), 3), "1234");
}

TEST_F(InputTextTest, what_is_not_there_is_named) {
  const auto text = read_input(directory_.file("none"));
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().message, directory_.file("none") + ": cannot be read");
}

}  // namespace
}  // namespace signalbox::client
