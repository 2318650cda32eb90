#include "jq/protocol.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace signalbox::jq {
namespace {

template <class T>
std::string bytes_of(void (*append)(std::string&, const T&), const T& value) {
  std::string bytes;
  append(bytes, value);
  return bytes;
}

std::optional<Answer> answer_in(const std::string& bytes) {
  return to_answer(
      Frame{.kind = static_cast<std::uint8_t>(bytes[4]), .payload = std::string_view(bytes).substr(5)});
}

TEST(Protocol, request_comes_out_as_it_went_in) {
  const auto bytes =
      bytes_of(&append_request, Request{.kind = RequestKind::load, .program = 1ULL << 40, .text = ".a"});
  const auto request = to_request(
      Frame{.kind = static_cast<std::uint8_t>(bytes[4]), .payload = std::string_view(bytes).substr(5)});
  ASSERT_TRUE(request);
  EXPECT_EQ(request->kind, RequestKind::load);
  EXPECT_EQ(request->program, 1ULL << 40);
  EXPECT_EQ(request->text, ".a");
}

TEST(Protocol, answers_come_out_as_they_went_in) {
  const Answer results = Results{"1", "", R"({"a":1})"}, none = Results{};
  const Answer failure = Failure{.kind = FailureKind::too_large, .message = "why"};
  for (const auto& answer : {results, none, failure})
    EXPECT_EQ(answer_in(bytes_of(&append_answer, answer)), answer);
}

TEST(Protocol, nonsense_is_no_request) {
  const std::string program(8, '\0');
  EXPECT_TRUE(to_request(Frame{.kind = 3, .payload = program}));
  EXPECT_FALSE(to_request(Frame{.kind = 0, .payload = program}));
  EXPECT_FALSE(to_request(Frame{.kind = 5, .payload = program}));
  EXPECT_FALSE(to_request(Frame{.kind = 3, .payload = std::string_view(program).substr(1)}));
}

TEST(Protocol, nonsense_is_no_answer) {
  const auto bytes = bytes_of(&append_answer, Answer(Results{"1", "2"}));
  EXPECT_FALSE(answer_in(bytes.substr(0, bytes.size() - 1)));
  EXPECT_FALSE(answer_in(bytes + "x"));
  EXPECT_FALSE(to_answer(Frame{.kind = kReadyKind, .payload = {}}));
  const std::string long_message(kErrorBytesMax + 1, 'x');
  EXPECT_FALSE(to_answer(Frame{.kind = 2, .payload = long_message}));
}

TEST(Protocol, answer_beyond_a_bound_is_none) {
  std::string many;
  append_u32(many, kResultsMax + 1);
  many.append((kResultsMax + 1) * 4, '\0');
  EXPECT_FALSE(to_answer(Frame{.kind = 1, .payload = many}));
  std::string large;
  append_u32(large, 1);
  append_u32(large, kResultBytesMax + 1);
  large.append(kResultBytesMax + 1, '1');
  EXPECT_FALSE(to_answer(Frame{.kind = 1, .payload = large}));
}

}  // namespace
}  // namespace signalbox::jq
