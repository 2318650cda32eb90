#include "jq/known_programs.hpp"

#include <gtest/gtest.h>

namespace signalbox::jq {
namespace {

TEST(KnownPrograms, text_has_one_program) {
  KnownPrograms programs(2);
  const auto one = programs.use(".a");
  EXPECT_EQ(programs.use(".a"), one);
  EXPECT_NE(programs.use(".b")->id, one->id);
}

TEST(KnownPrograms, the_one_not_used_for_longest_is_forgotten) {
  KnownPrograms programs(2);
  const auto a = programs.use(".a"), b = programs.use(".b");
  programs.use(".a");
  programs.use(".c");
  EXPECT_EQ(programs.use(".a"), a);
  EXPECT_NE(programs.use(".b"), b);
}

TEST(KnownPrograms, forgotten_program_is_a_new_one) {
  KnownPrograms programs(2);
  const auto old = programs.use(".a");
  programs.forget(*old);
  const auto made_anew = programs.use(".a");
  EXPECT_NE(made_anew, old);
  programs.forget(*old);
  EXPECT_EQ(programs.use(".a"), made_anew);
}

}  // namespace
}  // namespace signalbox::jq
