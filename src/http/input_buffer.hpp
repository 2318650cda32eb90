#pragma once
#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <cassert>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

namespace signalbox::http {

/// The bytes a connection has received and not yet used, in one flat piece, so that a head is parsed where it
/// lies. make_room(), erase() and reading move them: views into it are then stale.
class InputBuffer {
 public:
  /// What a connection holds while it waits; a usual event request fits.
  static constexpr std::size_t kInitialSize = 8 << 10;

  std::string_view view() const { return {data_.get() + begin_, end_ - begin_}; }
  bool empty() const { return begin_ == end_; }

  /// Where the next bytes go.  Empty when full: make_room().
  boost::asio::mutable_buffer free() { return {data_.get() + end_, capacity_ - end_}; }
  std::size_t free_size() const { return capacity_ - end_; }
  void commit(std::size_t n) {
    assert(n <= free_size());
    end_ += n;
  }

  /// Makes at least `wanted` bytes free at the end.
  void make_room(std::size_t wanted) {
    if (free_size() >= wanted) return;
    const auto used = end_ - begin_;
    if (capacity_ - used >= wanted) {
      std::memmove(data_.get(), data_.get() + begin_, used);
    } else {
      const auto larger = std::max({kInitialSize, 2 * capacity_, used + wanted});
      std::unique_ptr<char[]> data(new char[larger]);  // not zeroed
      if (used != 0) std::memcpy(data.get(), data_.get() + begin_, used);
      data_ = std::move(data);
      capacity_ = larger;
    }
    begin_ = 0;
    end_ = used;
  }

  void consume(std::size_t n) {
    assert(n <= end_ - begin_);
    begin_ += n;
    if (begin_ == end_) begin_ = end_ = 0;
  }
  /// Removes [from, to) of view(); what lies before stays where it is.
  void erase(std::size_t from, std::size_t to) {
    assert(from <= to && to <= end_ - begin_);
    std::memmove(data_.get() + begin_ + from, data_.get() + begin_ + to, end_ - begin_ - to);
    end_ -= to - from;
  }
  void clear() { begin_ = end_ = 0; }

 private:
  std::unique_ptr<char[]> data_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace signalbox::http
