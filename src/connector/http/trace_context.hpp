#pragma once
#include <cstdint>
#include <random>
#include <string>
#include <string_view>

namespace signalbox::connector::http {

/// Whether `value` is a traceparent of version 00 (W3C Trace Context section 3.2.2), identifiers not all zero.
bool is_traceparent(std::string_view value);

/// Starts traces.  Thread-safety: none.
class TraceStarter {
 public:
  explicit TraceStarter(std::uint64_t seed) : random_(seed) {}
  /// Appends a traceparent with fresh random identifiers, sampled: "00-<32 hex>-<16 hex>-01".
  void append(std::string& out);

 private:
  std::mt19937_64 random_;
};

}  // namespace signalbox::connector::http
