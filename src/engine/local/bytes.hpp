#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "signalbox/clock.hpp"

namespace signalbox::engine::local {

/// Appends numbers and strings to a value of the store.  docs/storage-format.md names the forms.
class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}
  void u8(std::uint8_t number) { out_.push_back(static_cast<char>(number)); }
  /// Little-endian, 8 bytes.
  void u64(std::uint64_t number);
  /// LEB128: seven bits a byte, lowest first.
  void varint(std::uint64_t number);
  /// The varint of a signed number, folded so that small ones stay short.
  void zigzag(std::int64_t number);
  void time(WallTime time) { zigzag(time.time_since_epoch().count()); }
  /// Its length as a varint, then its bytes.
  void text(std::string_view text);
  /// The bytes alone.
  void rest(std::string_view bytes) { out_.append(bytes); }

 private:
  std::string& out_;
};

/// Reads them back.  Anything that does not fit turns it bad for good: zeros and "" from then on, good() is false.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}
  std::uint8_t u8();
  std::uint64_t u64();
  std::uint64_t varint();
  std::uint32_t varint32();
  std::int64_t zigzag();
  WallTime time() { return WallTime(std::chrono::microseconds(zigzag())); }
  /// The view is into the bytes given.
  std::string_view text();
  std::string_view rest();
  /// A count of things that take at least one byte each: bad when there cannot be so many.
  std::size_t count();

  bool good() const { return good_; }
  bool at_end() const { return bytes_.empty(); }

 private:
  std::string_view take(std::size_t size);
  std::string_view bytes_;
  bool good_ = true;
};

}  // namespace signalbox::engine::local
