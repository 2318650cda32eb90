#pragma once
#include <gtest/gtest.h>

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "event/codec.hpp"

namespace signalbox::event {

using Headers = std::vector<std::pair<std::string, std::string>>;

inline auto decode_message(const Headers& headers, std::string_view body, const Limits& limits = {}) {
  std::vector<base::HeaderField> fields;
  for (const auto& [name, value] : headers) fields.push_back({name, value});
  return decode(fields, body, limits);
}

inline auto decode_structured_body(std::string_view body, const Limits& limits = {}) {
  return decode_message({{"Content-Type", "application/cloudevents+json"}}, body, limits);
}

inline auto decode_batch_body(std::string_view body, const Limits& limits = {}) {
  return decode_message({{"Content-Type", "application/cloudevents-batch+json"}}, body, limits);
}

using AnyDecoded = std::variant<Decoded, DecodeFailure>;

/// Every fault as "where: message", or "[index] where: message" in a batch; "" when it was decoded.
inline std::string faults_of(const AnyDecoded& result) {
  const auto* failure = std::get_if<DecodeFailure>(&result);
  if (!failure) return "";
  std::string out;
  for (const auto& fault : failure->faults) {
    if (!out.empty()) out += "\n";
    if (fault.index) out += "[" + std::to_string(*fault.index) + "] ";
    out += fault.where + ": " + fault.message;
  }
  return out.empty() ? "a failure without faults" : out;
}

/// The one event that must have been decoded; an invalid Event (and a failed test) otherwise.
inline Event only_event(const AnyDecoded& result) {
  EXPECT_EQ(faults_of(result), "");
  const auto* decoded = std::get_if<Decoded>(&result);
  if (!decoded || decoded->events.size() != 1) {
    ADD_FAILURE() << "not one event";
    return Event();
  }
  return decoded->events.front();
}

/// Where the faults are, in order, separated by blanks.
inline std::string places_of(const AnyDecoded& result) {
  std::string out;
  if (const auto* failure = std::get_if<DecodeFailure>(&result))
    for (const auto& fault : failure->faults)
      (out += out.empty() ? "" : " ") += fault.where.empty() ? "-" : fault.where;
  return out;
}

/// nullopt when it was decoded.
inline std::optional<DecodeFailure::Kind> kind_of(const AnyDecoded& result) {
  const auto* failure = std::get_if<DecodeFailure>(&result);
  return failure ? std::optional(failure->kind) : std::nullopt;
}

}  // namespace signalbox::event
