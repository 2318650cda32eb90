#include "store/placed_values.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <vector>

#include "support/temp_dir.hpp"

namespace signalbox::store {
namespace {

class PlacedValuesTest : public testing::Test {
 protected:
  PlacedValuesTest() {
    std::filesystem::create_directories(files_.folder());
    for (std::uint32_t segment = 1; segment <= 2; ++segment) {
      std::ofstream file(files_.path(segment), std::ios::binary);
      for (int i = 0; i < 1000; ++i) {
        const auto text = value(segment, i);
        places_.push_back({segment, static_cast<std::uint32_t>(file.tellp()), static_cast<std::uint32_t>(text.size()),
                           checksum_of(text)});
        file << text << "--";
      }
    }
  }
  static std::string value(std::uint32_t segment, int i) {
    return std::to_string(segment) + ":" + std::string(static_cast<std::size_t>(i % 7) * 300, 'x') + std::to_string(i);
  }
  void expect_all(Order order) {
    auto places = places_;
    if (order == Order::descending) std::reverse(places.begin(), places.end());
    PlacedValues values(files_, order);
    for (const auto& place : places) {
      const auto found = values.read(place);
      ASSERT_TRUE(found) << found.error().message;
      const auto at = &place - places.data();
      const auto i = static_cast<int>(order == Order::ascending ? at % 1000 : 999 - at % 1000);
      ASSERT_EQ(*found, value(place.segment, i));
    }
  }

  test::TempDir folder_;
  LogFiles files_{folder_.path()};
  std::vector<Place> places_;
};

TEST_F(PlacedValuesTest, values_are_read_in_either_order) {
  expect_all(Order::ascending);
  expect_all(Order::descending);
}

TEST_F(PlacedValuesTest, empty_value_is_one) {
  PlacedValues values(files_, Order::ascending);
  const auto found = values.read({1, 5, 0, checksum_of("")});
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(*found, "");
}

TEST_F(PlacedValuesTest, what_is_not_there_or_not_what_it_was_is_damage) {
  PlacedValues values(files_, Order::ascending);
  auto wrong = places_[3];
  ++wrong.checksum;
  auto beyond = places_[999];
  beyond.size += 100;
  for (const auto& place : {wrong, beyond, Place{7, 0, 1, 0}}) {
    const auto found = values.read(place);
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, Errc::corrupt) << found.error().message;
    EXPECT_NE(found.error().message.find(files_.path(place.segment).string()), std::string::npos) << found.error().message;
  }
  EXPECT_TRUE(values.read(places_[3])) << "it goes on";
}

TEST(Place, is_read_back_and_told_from_a_value) {
  const Place place{1, 2, 3, 0xffffffff};
  const auto bytes = encode(place);
  EXPECT_EQ(read_place(std::string_view(bytes.data(), bytes.size())), place);
  EXPECT_EQ(read_place(""), std::nullopt);
  EXPECT_EQ(read_place(std::string(17, 'v')), std::nullopt);
  EXPECT_EQ(read_place(std::string(16, '\0')), std::nullopt);
}

}  // namespace
}  // namespace signalbox::store
