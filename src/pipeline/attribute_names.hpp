#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::pipeline {

/// The attributes that a filter looks at, each once, by number: a value, in as little memory as it takes.
class AttributeNames {
 public:
  /// The number of `name`, given when it is new: 0, 1, 2 ...  `name` is made of letters and digits.
  std::uint32_t add(std::string_view name) {
    std::uint32_t number = 0;
    for (std::size_t at = 0; at < names_.size(); at = end_of(at) + 1, ++number)
      if (at_place(at) == name) return number;
    names_.append(name).push_back(kEnd);
    return number;
  }

  /// REQUIRES: it was given.
  std::string_view operator[](std::uint32_t number) const {
    std::size_t at = 0;
    for (; number > 0; --number) at = end_of(at) + 1;
    return at_place(at);
  }

  std::vector<std::string> all() const {
    std::vector<std::string> out;
    for (std::size_t at = 0; at < names_.size(); at = end_of(at) + 1) out.emplace_back(at_place(at));
    return out;
  }

  void shrink_to_fit() { names_.shrink_to_fit(); }

 private:
  static constexpr char kEnd = ' ';

  std::size_t end_of(std::size_t at) const { return names_.find(kEnd, at); }
  std::string_view at_place(std::size_t at) const {
    return std::string_view(names_).substr(at, end_of(at) - at);
  }

  std::string names_;  // with a space behind each
};

}  // namespace signalbox::pipeline
