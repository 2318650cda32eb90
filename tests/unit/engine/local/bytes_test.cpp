#include "engine/local/bytes.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

namespace signalbox::engine::local {
namespace {

TEST(Bytes, numbers_come_back) {
  using Limits = std::numeric_limits<std::int64_t>;
  for (const std::int64_t number : {std::int64_t{0}, std::int64_t{-1}, std::int64_t{127}, std::int64_t{128}, Limits::min(), Limits::max()}) {
    std::string bytes;
    Writer out(bytes);
    out.zigzag(number);
    out.varint(static_cast<std::uint64_t>(number));
    out.u64(static_cast<std::uint64_t>(number));
    Reader in(bytes);
    EXPECT_EQ(in.zigzag(), number);
    EXPECT_EQ(in.varint(), static_cast<std::uint64_t>(number));
    EXPECT_EQ(in.u64(), static_cast<std::uint64_t>(number));
    EXPECT_TRUE(in.good() && in.at_end());
  }
}

TEST(Bytes, small_numbers_are_short) {
  std::string bytes;
  Writer(bytes).varint(127);
  Writer(bytes).zigzag(-64);
  EXPECT_EQ(bytes.size(), 2u);
}

TEST(Bytes, what_does_not_fit_turns_the_reader_bad_for_good) {
  std::string text;
  Writer(text).text("hello");
  const struct {
    const char* what;
    std::string bytes;
    void (*read)(Reader&);
  } cases[] = {
      {"text cut short", text.substr(0, 3), [](Reader& in) { in.text(); }},
      {"varint cut short", "\x80", [](Reader& in) { in.varint(); }},
      {"varint too long", std::string(10, '\xff') + '\1', [](Reader& in) { in.varint(); }},
      {"varint over 32 bits", "\xff\xff\xff\xff\x7f", [](Reader& in) { in.varint32(); }},
      {"u64 cut short", "1234567", [](Reader& in) { in.u64(); }},
      {"count of more than there is", "\x05" "1234", [](Reader& in) { in.count(); }},
      {"nothing left", "", [](Reader& in) { in.u8(); }},
  };
  for (const auto& c : cases) {
    Reader in(c.bytes);
    c.read(in);
    EXPECT_FALSE(in.good()) << c.what;
    EXPECT_EQ(in.varint(), 0u) << c.what;
    EXPECT_EQ(in.text(), "") << c.what;
    EXPECT_FALSE(in.good()) << c.what;
  }
}

}  // namespace
}  // namespace signalbox::engine::local
