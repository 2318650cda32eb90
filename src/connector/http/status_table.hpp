#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "signalbox/error.hpp"
#include "signalbox/target.hpp"

namespace signalbox::connector::http {

/// What each HTTP status means for a delivery.
///
///     2xx delivered    410 disabled    408 425 429 5xx failed    3xx and all other 4xx rejected
class StatusTable {
 public:
  StatusTable();

  /// `status` is 200 to 599.
  Outcome::Kind operator[](unsigned status) const { return kinds_[status - kFirst]; }

  /// `selector` is a status ("409") or a class ("4xx"), from 300 on.  Errors: invalid_argument.
  Status set(std::string_view selector, Outcome::Kind kind);

  /// One character a status; for fingerprints.
  std::string to_string() const;

 private:
  static constexpr unsigned kFirst = 200, kEnd = 600;
  std::array<Outcome::Kind, kEnd - kFirst> kinds_{};
};

}  // namespace signalbox::connector::http
