#pragma once
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "signalbox/error.hpp"

namespace signalbox::loadtest {

/// One event in a request that the target has read whole and decided on.
struct DeliveryRecord {
  std::uint64_t at_ns = 0;      ///< monotonic_ns() when the answer was decided
  unsigned status = 0;          ///< of the answer; 0: left hanging
  unsigned attempt = 0;         ///< the Signalbox-Attempt header; 0: none
  std::string path;             ///< of the request, without its query; no spaces
  std::string id;               ///< of the event
  std::uint64_t body_hash = 0;  ///< body_hash() of the request's body
  bool operator==(const DeliveryRecord&) const = default;
};

/// A file with one line a delivery: "<at_ns> <status> <attempt> <path> <id> <body hash in hex>".
class DeliveryLog {
 public:
  /// Replaces what `path` held.  Errors: storage.
  static Result<DeliveryLog> create(const std::string& path);
  void append(std::uint64_t at_ns, unsigned status, unsigned attempt, std::string_view path,
              std::string_view id, std::uint64_t body_hash);
  /// Hands what was appended to the kernel.
  void flush();

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  explicit DeliveryLog(std::FILE* file) : file_(file) {}
  std::unique_ptr<std::FILE, Close> file_;
};

/// One line without its end; nullopt when it is none.
std::optional<DeliveryRecord> parse_delivery(std::string_view line);
/// Everything in the file; a torn last line is left out.  Errors: storage; corrupt (line number in the
/// message).
Result<std::vector<DeliveryRecord>> read_deliveries(const std::string& path);

}  // namespace signalbox::loadtest
