#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "store/family.hpp"

namespace signalbox::store {

/// Changes that are made together or not at all, in their order.  A value; its buffer keeps its capacity over clear().
///
///     u8 kind | u8 family | u32 key length | u32 value length | key | value      (once for each change)
class Batch {
 public:
  enum class Kind : std::uint8_t { put, erase, erase_range };
  struct Change {
    Kind kind = Kind::put;
    Family family = Family::meta;
    std::string_view key;
    std::string_view value;  ///< of erase_range: the end of the range, which is not in it
  };

  void put(Family family, std::string_view key, std::string_view value);
  void erase(Family family, std::string_view key);
  /// Erases [from, to).
  void erase_range(Family family, std::string_view from, std::string_view to);

  /// Starts a put whose value the caller appends to the string returned, and nothing else, until end_put().
  std::string& begin_put(Family family, std::string_view key);
  void end_put();

  void reserve(std::size_t size_bytes) { bytes_.reserve(size_bytes); }
  void clear();
  bool empty() const { return bytes_.empty(); }
  std::size_t size_bytes() const { return bytes_.size(); }
  /// All changes, as they are laid out above.
  std::string_view bytes() const { return bytes_; }
  std::size_t capacity() const { return bytes_.capacity(); }

  /// Calls `visit(const Change&)` for each in order; the views live as long as the batch is not changed.
  template <class Visit>
  void for_each(Visit visit) const {
    for_each_in(bytes_, visit);
  }
  /// The same for the bytes() of a batch.  REQUIRES: is_whole(bytes).
  template <class Visit>
  static void for_each_in(std::string_view bytes, Visit visit) {
    for (std::size_t at = 0; at < bytes.size();) visit(change_at(bytes, at));
  }
  /// Whether they are whole changes of kinds and families that there are.
  static bool is_whole(std::string_view bytes);

 private:
  static constexpr std::size_t kHeader = 10;
  void start(Kind kind, Family family, std::string_view key, std::size_t value_size);
  static Change change_at(std::string_view bytes, std::size_t& at);

  std::string bytes_;
  std::size_t open_value_ = 0;  // where the value of begin_put() starts
  std::size_t open_length_ = 0;  // where its length stands
};

}  // namespace signalbox::store
