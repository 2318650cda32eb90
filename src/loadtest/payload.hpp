#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::loadtest {

/// How events stand in a request (CloudEvents HTTP binding 1.0.2 section 3).
enum class ContentMode { binary, structured, batch };

/// What the generated events look like.
struct PayloadOptions {
  ContentMode mode = ContentMode::binary;
  std::size_t batch_events = 100;  ///< events in a request in batch mode
  std::size_t data_bytes = 1024;   ///< of each event's data, a JSON object; at least kMinDataBytes
  std::string source = "/signalbox/bench";
  std::vector<std::string> types = {
      "com.example.order.created.v1"};  ///< event n has types[n % size]; at least one
  std::uint64_t subjects =
      1;  ///< event n has the subject "orders/" + n % subjects (six digits); at most 1,000,000
};

inline constexpr std::size_t kMinDataBytes = 64;
inline constexpr std::uint64_t kMaxSubjects = 1'000'000;

/// The data of the event with that sequence number: a JSON object of exactly `bytes` bytes, shaped like an
/// order, that holds the number, so that swapped bodies show.  Deterministic: whoever sees the id can tell
/// what the data must be.
std::string sample_data(std::size_t bytes, std::uint64_t sequence);

/// FNV-1a, 64 bits: what delivery logs keep of a body.
std::uint64_t body_hash(std::string_view body);

/// Requests made by patching numbers into a prepared text: the generator's own cost is one copy.
class RequestTemplate {
 public:
  /// `head` is the request line and the headers that every request has, each with its line end.
  RequestTemplate(const PayloadOptions& options, const std::string& head);

  std::size_t events_per_request() const { return events_; }
  std::size_t request_bytes() const { return phases_.front().text.size(); }

  /// Appends one request whose events are numbered from `sequence`.
  void append_to(std::string& out, std::uint32_t run, std::uint64_t sequence, std::uint64_t due_ns) const;

 private:
  enum class Field { token, sequence, subject };
  struct Slot {
    std::size_t at;
    Field field;
    std::size_t event;  ///< index in the request
  };
  /// The text for requests that begin with a certain type.
  struct Phase {
    std::string text;
    std::vector<Slot> slots;
  };
  static Phase make_phase(const PayloadOptions& options, const std::string& head, std::size_t first_type);

  std::size_t events_;
  std::uint64_t subjects_;
  std::vector<Phase> phases_;
};

}  // namespace signalbox::loadtest
