#include <gtest/gtest.h>

#include <fstream>

#include "loadtest/delivery_log.hpp"
#include "loadtest/outcome_log.hpp"
#include "support/temp_dir.hpp"

namespace signalbox::loadtest {
namespace {

TEST(OutcomeLog, what_was_appended_reads_back) {
  const test::TempDir directory;
  const auto path = directory.file("outcomes");
  using enum RequestOutcome::Kind;
  const std::vector<RequestOutcome> outcomes = {{acknowledged, 0xabcdef01, 0, 100, 202, 5, 9},
                                                {refused, 1, 100, 1, 503, 6, 10},
                                                {unknown, 1, 101, 1, 0, 7, 11}};
  auto log = OutcomeLog::create(path);
  ASSERT_TRUE(log);
  for (const auto& outcome : outcomes) log->append(outcome);
  log->flush();
  const auto read = read_outcomes(path);
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, outcomes);
}

TEST(DeliveryLog, what_was_appended_reads_back_without_a_torn_last_line) {
  const test::TempDir directory;
  const auto path = directory.file("deliveries");
  {
    auto log = DeliveryLog::create(path);
    ASSERT_TRUE(log);
    log->append(17, 204, 2, "/hook/all", "some-id", 0xfeed);
  }
  std::ofstream(path, std::ios::app) << "18 204 1 /hook/all other";
  const auto read = read_deliveries(path);
  ASSERT_TRUE(read);
  ASSERT_EQ(read->size(), 1u);
  EXPECT_EQ(read->front(), (DeliveryRecord{17, 204, 2, "/hook/all", "some-id", 0xfeed}));
}

TEST(RecordFile, a_line_that_is_no_record_is_refused_with_its_number) {
  const test::TempDir directory;
  const auto path = directory.file("outcomes");
  std::ofstream(path) << "acknowledged 00000001 0 1 202 5 9\nperhaps 00000001 0 1 202 5 9\n";
  const auto read = read_outcomes(path);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Errc::corrupt);
  EXPECT_NE(read.error().message.find(":2:"), std::string::npos) << read.error().message;
}

TEST(RecordFile, a_missing_file_is_a_storage_error) {
  EXPECT_EQ(read_deliveries("/nowhere/at/all").error().code, Errc::storage);
  EXPECT_EQ(OutcomeLog::create("/nowhere/at/all").error().code, Errc::storage);
}

}  // namespace
}  // namespace signalbox::loadtest
