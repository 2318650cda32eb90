#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace signalbox::loadtest {

/// The `id` of every generated event: whoever sees it can tell loss, duplicates and latency.
///
///     sb-<8 hex digits: run>-<12 digits: sequence>-<20 digits: monotonic_ns() when due>
///
/// It survives any relay that keeps the CloudEvents id, in any content mode.
struct EventToken {
  static constexpr std::size_t kLength = 3 + 8 + 1 + 12 + 1 + 20;
  static constexpr std::uint64_t kMaxSequence = 999'999'999'999;

  std::uint32_t run = 0;       ///< tells the runs of generators apart
  std::uint64_t sequence = 0;  ///< from the run's first event on, without gaps; at most kMaxSequence
  std::uint64_t due_ns = 0;    ///< when it should have been sent

  /// Writes kLength characters.
  void write(char* out) const;
  std::string text() const;

  /// nullopt unless `text` is a token and nothing else.
  static std::optional<EventToken> parse(std::string_view text);

  bool operator==(const EventToken&) const = default;
};

/// Walks the tokens in a text, such as the body of a batch.
class TokenScanner {
 public:
  explicit TokenScanner(std::string_view text) : rest_(text) {}
  /// The next token; nullopt when there is none left.
  std::optional<EventToken> next();

 private:
  std::string_view rest_;
};

/// Writes `value` in decimal, padded with zeros to `digits` characters.
void write_decimal(char* out, std::uint64_t value, std::size_t digits);

}  // namespace signalbox::loadtest
