#pragma once
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "pipeline/json_structure.hpp"

namespace signalbox::pipeline {

/// The quotes and brackets of a JSON text, one after the other: enough to find the way through it, since
/// everything between two of them is a scalar or a delimiter.
///
/// The text is valid JSON and outlives the object; of anything else it finds something, inside the text.
class JsonTokens {
 public:
  explicit JsonTokens(std::string_view text) : structure_(text), size_(text.size()) {}

  /// The offset of the next quote that begins or ends a string, or bracket outside strings; the text's size
  /// when there is none.
  std::size_t next() {
    while (left_ == 0)
      if (!advance()) return size_;
    const auto bit = static_cast<unsigned>(std::countr_zero(left_));
    left_ &= left_ - 1;
    return base_ + bit;
  }

  /// Passes by the rest of the object or array whose opening bracket came last: the offset of its closing
  /// bracket; the text's size when the text ends first.
  std::size_t skip_container() {
    std::size_t depth = 1;
    if (const auto close = find_close(depth); close != kNotHere) return close;
    while (advance()) {
      const auto& block = blocks_[block_];
      if (block.close_count < depth) {
        depth += block.open_count;
        depth -= block.close_count;
      } else if (const auto close = find_close(depth); close != kNotHere) {
        return close;
      }
    }
    return size_;
  }

  /// Whether there is a backslash anywhere in what was looked at so far, the token given last included.
  bool backslashes() const { return structure_.backslashes(); }

 private:
  static constexpr auto kNotHere = static_cast<std::size_t>(-1);

  /// The offset of the bracket in what is left of the block that brings `depth` down to 0.
  std::size_t find_close(std::size_t& depth) {
    const auto& block = blocks_[block_];
    for (auto brackets = (block.opens | block.closes) & left_; brackets != 0; brackets &= brackets - 1) {
      const auto bit = brackets & -brackets;
      if (block.opens & bit) {
        ++depth;
      } else if (--depth == 0) {
        left_ &= ~(bit | (bit - 1));
        return base_ + static_cast<unsigned>(std::countr_zero(bit));
      }
    }
    return kNotHere;
  }

  bool advance() {
    if (++block_ >= count_) {
      count_ = structure_.next(blocks_.data(), blocks_.size());
      block_ = 0;
      if (count_ == 0) {
        blocks_[0] = {};
        left_ = 0;
        return false;
      }
    }
    base_ = next_base_;
    next_base_ += kJsonBlockBytes;
    const auto& block = blocks_[block_];
    left_ = block.quotes | block.opens | block.closes;
    return true;
  }

  JsonStructure structure_;
  std::array<JsonBlock, 4> blocks_{};  // looked at together, so that the call pays
  std::size_t block_ = 0, count_ = 0;
  std::size_t base_ = 0, next_base_ = 0;
  std::uint64_t left_ = 0;  // tokens of the block that were not given yet
  std::size_t size_;
};

}  // namespace signalbox::pipeline
