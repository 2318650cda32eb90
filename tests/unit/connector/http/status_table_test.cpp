#include "connector/http/status_table.hpp"

#include <gtest/gtest.h>

namespace signalbox::connector::http {
namespace {

using Kind = Outcome::Kind;

Kind expected(unsigned status) {
  if (status < 300) return Kind::delivered;
  if (status == 410) return Kind::disabled;
  if (status == 408 || status == 425 || status == 429 || status >= 500) return Kind::failed;
  return Kind::rejected;
}

TEST(StatusTable, each_status_has_its_meaning) {
  const StatusTable table;
  for (unsigned status = 200; status < 600; ++status) EXPECT_EQ(table[status], expected(status)) << status;
}

TEST(StatusTable, status_and_class_can_be_set) {
  StatusTable table;
  ASSERT_TRUE(table.set("4xx", Kind::failed));
  ASSERT_TRUE(table.set("501", Kind::rejected));
  EXPECT_EQ(table[400], Kind::failed);
  EXPECT_EQ(table[410], Kind::failed);
  EXPECT_EQ(table[499], Kind::failed);
  EXPECT_EQ(table[500], Kind::failed);
  EXPECT_EQ(table[501], Kind::rejected);
  EXPECT_EQ(table[399], Kind::rejected);
  EXPECT_NE(table.to_string(), StatusTable().to_string());
}

TEST(StatusTable, other_selectors_are_refused) {
  StatusTable table;
  for (const auto* selector : {"", "2xx", "204", "600", "6xx", "40", "4000", "4x1", "xxx", "-40", " 404"})
    EXPECT_FALSE(table.set(selector, Kind::failed)) << selector;
  EXPECT_EQ(table.to_string(), StatusTable().to_string());
}

}  // namespace
}  // namespace signalbox::connector::http
