#include "jq/protocol.hpp"

#include <cassert>
#include <utility>

namespace signalbox::jq {
namespace {

constexpr std::uint8_t kResultsKind = 1;

void append_results(std::string& to, const Results& results) {
  std::size_t bytes = sizeof(std::uint32_t);
  for (const auto& result : results) bytes += sizeof(std::uint32_t) + result.size();
  assert(bytes <= kAnswerPayloadMax);
  append_frame_head(to, kResultsKind, bytes);
  append_u32(to, static_cast<std::uint32_t>(results.size()));
  for (const auto& result : results) {
    append_u32(to, static_cast<std::uint32_t>(result.size()));
    to += result;
  }
}

std::optional<Answer> to_results(std::string_view bytes) {
  PayloadReader payload(bytes);
  const auto count = payload.u32();
  if (count > kResultsMax) return std::nullopt;
  Results results;
  results.reserve(count);
  std::size_t all_bytes = 0;
  for (std::uint32_t i = 0; i < count && payload.sound(); ++i) {
    const auto result = payload.bytes(payload.u32());
    all_bytes += result.size();
    if (result.size() > kResultBytesMax || all_bytes > kAllResultsBytesMax) return std::nullopt;
    results.emplace_back(result);
  }
  if (!payload.sound() || !payload.at_end()) return std::nullopt;
  return results;
}

}  // namespace

void append_request(std::string& to, const Request& request) {
  append_frame_head(to, static_cast<std::uint8_t>(request.kind), sizeof(ProgramId) + request.text.size());
  append_u64(to, request.program);
  to += request.text;
}

void append_answer(std::string& to, const Answer& answer) {
  if (const auto* results = std::get_if<Results>(&answer)) return append_results(to, *results);
  const auto& failure = std::get<Failure>(answer);
  append_frame_head(to, static_cast<std::uint8_t>(failure.kind), failure.message.size());
  to += failure.message;
}

std::optional<Request> to_request(const Frame& frame) {
  const auto kind = static_cast<RequestKind>(frame.kind);
  if (kind < RequestKind::load || kind > RequestKind::confirm) return std::nullopt;
  PayloadReader payload(frame.payload);
  const Request request{.kind = kind, .program = payload.u64(), .text = payload.rest()};
  if (!payload.sound()) return std::nullopt;
  return request;
}

std::optional<Answer> to_answer(const Frame& frame) {
  if (frame.kind == kResultsKind) return to_results(frame.payload);
  const auto kind = static_cast<FailureKind>(frame.kind);
  if (kind != FailureKind::program && kind != FailureKind::too_large) return std::nullopt;
  if (frame.payload.size() > kErrorBytesMax) return std::nullopt;
  return Failure{.kind = kind, .message = std::string(frame.payload)};
}

}  // namespace signalbox::jq
