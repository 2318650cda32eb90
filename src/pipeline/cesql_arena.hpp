#pragma once
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

namespace signalbox::pipeline {

/// The strings that an evaluation of CloudEvents SQL makes, on a stack: what an operator's operands made is
/// dropped with the operator, all but its result.
///
/// One per thread, kept between evaluations: after the first string nothing is allocated.  It never moves;
/// only the pages that were ever written to take memory.  Thread-safety: none.
class CesqlArena {
 public:
  static constexpr std::size_t kBytesMax = std::size_t{16} << 20;  ///< all strings that live at once

  static CesqlArena& for_this_thread() {
    static thread_local CesqlArena arena;
    return arena;
  }

  std::size_t top() const { return top_; }

  /// Room for `size` bytes on top, not initialized; nullptr when so many are not left.
  char* push(std::size_t size) {
    if (size > kBytesMax - top_) return nullptr;
    if (!bytes_) bytes_ = std::make_unique_for_overwrite<char[]>(kBytesMax);
    char* const begin = bytes_.get() + top_;
    top_ += size;
    return begin;
  }

  /// A copy of `text` on top; false when it does not fit.
  bool push(std::string_view text) {
    char* const to = push(text.size());
    if (to && !text.empty()) std::memcpy(to, text.data(), text.size());
    return to != nullptr;
  }

  /// All that was pushed since the top was at `mark`.
  std::string_view since(std::size_t mark) const { return {bytes_.get() + mark, top_ - mark}; }

  void drop(std::size_t mark) { top_ = mark; }

  /// Drops all since `mark` but `text`, which moves down to the mark when it lies there; where it is then.
  std::string_view drop_all_but(std::size_t mark, std::string_view text) {
    const char* const begin = bytes_.get() + mark;
    const bool inside = text.data() >= begin && text.data() < bytes_.get() + top_;
    top_ = mark;
    if (!inside || text.empty()) return text;
    std::memmove(bytes_.get() + mark, text.data(), text.size());
    top_ += text.size();
    return {begin, text.size()};
  }

 private:
  std::unique_ptr<char[]> bytes_;
  std::size_t top_ = 0;
};

}  // namespace signalbox::pipeline
