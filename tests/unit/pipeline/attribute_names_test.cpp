#include "pipeline/attribute_names.hpp"

#include <gtest/gtest.h>

namespace signalbox::pipeline {
namespace {

TEST(AttributeNames, each_name_has_one_number) {
  AttributeNames names;
  EXPECT_EQ(names.add("type"), 0u);
  EXPECT_EQ(names.add("ty"), 1u);
  EXPECT_EQ(names.add("e"), 2u);
  EXPECT_EQ(names.add("type"), 0u);
  EXPECT_EQ(names.add("e"), 2u);
  EXPECT_EQ(names[1], "ty");
  EXPECT_EQ(names.all(), (std::vector<std::string>{"type", "ty", "e"}));
  EXPECT_TRUE(AttributeNames().all().empty());
}

}  // namespace
}  // namespace signalbox::pipeline
