#include "jq/program_text.hpp"

#include <gtest/gtest.h>

namespace signalbox::jq {
namespace {

TEST(ProgramText, modules_are_refused_where_the_grammar_has_them) {
  for (const auto* text :
       {"import \"a\" as a; .", " \t\n# import\n#\n include \"a\"; .", "module {}; .", "import"})
    EXPECT_TRUE(refused_program(text)) << text;
  for (const auto* text : {"", ".", ".import", "important", "import::a", "# import\n.", "\"import\"", "#"})
    EXPECT_FALSE(refused_program(text)) << text;
}

TEST(ProgramText, message_of_the_compiler_becomes_one_line) {
  EXPECT_EQ(compile_error_text("jq: error: f/0 is not defined at <top-level>, line 3:\nf"),
            "f/0 is not defined in line 3");
  EXPECT_EQ(compile_error_text("jq: 1 compile error"), "");
}

TEST(ProgramText, text_is_cut_between_characters) {
  EXPECT_EQ(cut_text("aé", 1), "a");
  EXPECT_EQ(cut_text("aé", 2), "a");
  EXPECT_EQ(cut_text("aé", 3), "aé");
}

}  // namespace
}  // namespace signalbox::jq
