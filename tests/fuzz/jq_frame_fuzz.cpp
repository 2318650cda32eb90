// links: signalbox_jq
//
// Frames as a worker that has gone wrong might send them, and as the daemon sends them.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "jq/frame.hpp"
#include "jq/protocol.hpp"

namespace signalbox::jq {
namespace {

constexpr std::size_t kPayloadMax = 4096;

void must(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "violated: %s\n", what);
  std::abort();
}

void check_answer(const Frame& frame) {
  const auto answer = to_answer(frame);
  if (!answer) return;
  std::string again;
  append_answer(again, *answer);
  must(again.substr(kFrameHeadBytes) == frame.payload, "an answer is written as it was read");
  if (const auto* results = std::get_if<Results>(&*answer))
    must(results->size() <= kResultsMax, "results are bounded");
}

void check_request(const Frame& frame) {
  const auto request = to_request(frame);
  if (!request) return;
  std::string again;
  append_request(again, *request);
  must(again.substr(kFrameHeadBytes) == frame.payload, "a request is written as it was read");
}

/// All frames, read `at_once` bytes at a time, one after the other as bytes.
std::string frames_of(std::string_view bytes, std::size_t at_once) {
  FrameReader reader(kPayloadMax);
  std::string all;
  while (!bytes.empty()) {
    const auto room = reader.room();
    must(!room.empty(), "there is always room");
    const auto count = std::min({room.size(), bytes.size(), at_once});
    std::copy_n(bytes.begin(), count, room.begin());
    reader.filled(count);
    bytes.remove_prefix(count);
    while (const auto frame = reader.next()) {
      must(frame->payload.size() <= kPayloadMax, "payloads are bounded");
      check_answer(*frame);
      check_request(*frame);
      append_frame_head(all, frame->kind, frame->payload.size());
      all += frame->payload;
    }
  }
  return all;
}

}  // namespace
}  // namespace signalbox::jq

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace signalbox::jq;
  const std::string bytes(data, data + size);
  const auto whole = frames_of(bytes, bytes.size() + 1);
  must(bytes.compare(0, whole.size(), whole) == 0, "frames are the front of what came");
  must(frames_of(bytes, 1) == whole && frames_of(bytes, 7) == whole, "where reads end does not matter");
  return 0;
}
