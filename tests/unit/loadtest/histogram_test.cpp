#include "loadtest/histogram.hpp"

#include <gtest/gtest.h>

namespace signalbox::loadtest {
namespace {

TEST(Histogram, quantiles_are_at_most_two_percent_too_high_and_never_too_low) {
  Histogram histogram;
  for (std::uint64_t us = 1; us <= 10'000; ++us) histogram.record(us * 1000);
  for (const double q : {0.01, 0.5, 0.9, 0.99, 0.999}) {
    const auto exact = q * 10'000 * 1000;
    const auto found = static_cast<double>(histogram.quantile(q));
    EXPECT_GE(found, exact) << q;
    EXPECT_LE(found, exact * 1.02) << q;
  }
  EXPECT_EQ(histogram.quantile(1), 10'000'000u);
}

TEST(Histogram, the_largest_and_the_smallest_value_fit) {
  Histogram histogram;
  EXPECT_EQ(histogram.quantile(0.5), 0u);
  histogram.record(0);
  histogram.record(~std::uint64_t{0});
  EXPECT_EQ(histogram.quantile(0.1), 0u);
  EXPECT_EQ(histogram.quantile(1), ~std::uint64_t{0});
}

}  // namespace
}  // namespace signalbox::loadtest
