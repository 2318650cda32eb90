#include "broker/enrichment_cache.hpp"

#include <gtest/gtest.h>

namespace signalbox::broker {
namespace {

using namespace std::chrono_literals;

const TimePoint kNow{};

std::shared_ptr<const EnrichmentAnswer> answer(std::string body) {
  auto made = std::make_shared<EnrichmentAnswer>();
  made->body = std::move(body);
  return made;
}

TEST(EnrichmentCache, keeps_an_answer_until_its_time_is_over) {
  EnrichmentCache cache(10, 1 << 20);
  cache.put("a", answer("1"), kNow + 5s);
  ASSERT_TRUE(cache.find("a", kNow + 4s));
  EXPECT_EQ(cache.find("a", kNow)->body, "1");
  EXPECT_FALSE(cache.find("b", kNow));
  EXPECT_FALSE(cache.find("a", kNow + 5s));
  EXPECT_EQ(cache.entries(), 0u);
  EXPECT_EQ(cache.bytes(), 0u);
}

TEST(EnrichmentCache, the_one_used_least_recently_goes_first) {
  EnrichmentCache cache(2, 1 << 20);
  cache.put("a", answer("1"), kNow + 1h);
  cache.put("b", answer("2"), kNow + 1h);
  EXPECT_TRUE(cache.find("a", kNow));
  cache.put("c", answer("3"), kNow + 1h);
  EXPECT_TRUE(cache.find("a", kNow));
  EXPECT_FALSE(cache.find("b", kNow));
  EXPECT_TRUE(cache.find("c", kNow));
}

TEST(EnrichmentCache, bytes_are_bounded) {
  EnrichmentCache cache(1000, 10'000);
  for (int i = 0; i < 100; ++i) cache.put(std::to_string(i), answer(std::string(1000, 'x')), kNow + 1h);
  EXPECT_LE(cache.bytes(), 10'000u);
  EXPECT_GE(cache.entries(), 5u);
  EXPECT_TRUE(cache.find("99", kNow));
  cache.put("large", answer(std::string(20'000, 'x')), kNow + 1h);
  EXPECT_FALSE(cache.find("large", kNow));
  EXPECT_TRUE(cache.find("99", kNow)) << "what does not fit pushes nothing out";
}

TEST(EnrichmentCache, a_new_answer_replaces_the_old_one) {
  EnrichmentCache cache(10, 1 << 20);
  cache.put("a", answer(std::string(1000, 'x')), kNow + 1s);
  const auto before = cache.bytes();
  cache.put("a", answer("2"), kNow + 1h);
  EXPECT_LT(cache.bytes(), before);
  EXPECT_EQ(cache.entries(), 1u);
  EXPECT_EQ(cache.find("a", kNow + 2s)->body, "2");
}

}  // namespace
}  // namespace signalbox::broker
