#include "config/source_text.hpp"

#include <gtest/gtest.h>

#include "temporary_folder.hpp"
#include "told.hpp"

namespace signalbox::config {
namespace {

TEST(SourceText, a_file_is_read_without_its_byte_order_mark) {
  TemporaryFolder folder;
  auto source = read_source(folder.write("a.yaml", "\xEF\xBB\xBFkey: é\n"));
  ASSERT_TRUE(source);
  EXPECT_EQ(source->text, "key: é\n");
  EXPECT_EQ(*source->name, folder.file("a.yaml"));
}

TEST(SourceText, a_file_of_one_mebibyte_is_the_largest) {
  TemporaryFolder folder;
  EXPECT_TRUE(read_source(folder.write("fits.yaml", std::string(kLargestFile, '#'))));
  auto refused = read_source(folder.write("large.yaml", std::string(kLargestFile + 1, '#')));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message,
            "this file is larger than 1MiB; split it and name the parts under include");
}

TEST(SourceText, what_cannot_be_read_says_why) {
  TemporaryFolder folder;
  EXPECT_EQ(read_source(folder.file("absent")).error().message,
            "cannot read this file: No such file or directory");
  EXPECT_EQ(read_source(folder.path().string()).error().message, "cannot read this file: Is a directory");
  EXPECT_FALSE(read_source("/dev/zero"));
}

TEST(SourceText, only_well_formed_utf_8_passes) {
  const std::pair<const char*, bool> cases[] = {{"plain\t\r\n", true},
                                                {"é日本𝄞", true},
                                                {"\xF4\x8F\xBF\xBF", true},
                                                {"\xEF\xBF\xBF", true},
                                                {"\x80", false},
                                                {"\xC3", false},
                                                {"\xC0\xAF", false},
                                                {"\xE0\x9F\xBF", false},
                                                {"\xED\xA0\x80", false},
                                                {"\xE2\x82", false},
                                                {"\xF0\x8F\xBF\xBF", false},
                                                {"\xF4\x90\x80\x80", false},
                                                {"\xF5\x80\x80\x80", false},
                                                {"\x1b[0m", false},
                                                {"\x08", false}};
  for (const auto& [text, fine] : cases) {
    Diagnostics out;
    EXPECT_EQ(check_characters({nullptr, text}, out), fine) << text;
    EXPECT_EQ(out.clean(), fine);
  }
}

TEST(SourceText, lines_are_found_by_number) {
  EXPECT_EQ(line_of("a\nb\r\nc", 1), "a");
  EXPECT_EQ(line_of("a\nb\r\nc", 2), "b");
  EXPECT_EQ(line_of("a\nb\r\nc", 3), "c");
  EXPECT_EQ(line_of("a\nb\r\nc", 4), "");
  EXPECT_EQ(count_characters("é日a"), 3u);
}

}  // namespace
}  // namespace signalbox::config
