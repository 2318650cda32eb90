#pragma once

namespace signalbox::delivery::reason {

// Why a delivery was given up; part of the contract with operators' scripts (docs/operations.md).
inline constexpr const char* kAttemptsExhausted = "attempts_exhausted";  ///< retry.attempts reached
inline constexpr const char* kExpired = "expired";                      ///< retry.max_age reached
inline constexpr const char* kRejected = "rejected";                    ///< the target's answer was final (4xx)
inline constexpr const char* kTargetDisabled = "target_disabled";       ///< 410
inline constexpr const char* kTransformFailed = "transform_failed";
inline constexpr const char* kTooManyHops = "too_many_hops";            ///< it went from channel to channel too often
inline constexpr const char* kUnrouted = "unrouted";                    ///< no rule took the event
inline constexpr const char* kInvalidData = "invalid_data";             ///< the event's data does not fit its schema

}  // namespace signalbox::delivery::reason
