#include "pipeline/value_key.hpp"

#include <xxhash.h>

#include <algorithm>
#include <array>
#include <bit>

namespace signalbox::pipeline {
namespace {

/// So that a string, a number's text and an address of the same bytes have different keys.
enum class Seed : std::uint64_t { string = 1, number, number_text, address, literal, folded };

constexpr std::size_t kFoldedBytes = 64;

ValueKey key_of(Seed seed, const void* bytes, std::size_t size) {
  const auto key = XXH3_64bits_withSeed(bytes, size, static_cast<std::uint64_t>(seed));
  return key == 0 ? 1 : key;
}

ValueKey key_of(Seed seed, std::string_view text) { return key_of(seed, text.data(), text.size()); }

}  // namespace

ValueKey string_key(std::string_view text) { return key_of(Seed::string, text); }

ValueKey number_key(double number) {
  const auto bits = std::bit_cast<std::uint64_t>(number == 0 ? 0.0 : number);
  return key_of(Seed::number, &bits, sizeof bits);
}

ValueKey number_text_key(std::string_view text) { return key_of(Seed::number_text, text); }
ValueKey true_key() { return key_of(Seed::literal, "true"); }
ValueKey false_key() { return key_of(Seed::literal, "false"); }
ValueKey null_key() { return key_of(Seed::literal, "null"); }

ValueKey ip_address_key(const IpAddress& address) {
  return key_of(Seed::address, address.bytes.data(), address.size);
}

ValueKey value_key(const Leaf& leaf) {
  switch (leaf.kind) {
    case Leaf::Kind::string:
      return string_key(leaf.text);
    case Leaf::Kind::number:
      return leaf.comparable ? number_key(leaf.number) : number_text_key(leaf.text);
    case Leaf::Kind::true_value:
      return true_key();
    case Leaf::Kind::false_value:
      return false_key();
    case Leaf::Kind::null_value:
      break;
  }
  return null_key();
}

ValueKey address_key(const Leaf& leaf) {
  if (leaf.kind != Leaf::Kind::string) return 0;
  const auto address = parse_ip_address(leaf.text);
  return address ? ip_address_key(*address) : 0;
}

ValueKey folded_text_key(std::string_view text) {
  // A bounded part of it will do: what is found is asked.
  std::array<char, kFoldedBytes> lower;
  const auto size = std::min(text.size(), lower.size());
  std::transform(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(size), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; });
  return key_of(Seed::folded, lower.data(), size);
}

ValueKey folded_key(const Leaf& leaf) {
  return leaf.kind == Leaf::Kind::string ? folded_text_key(leaf.text) : 0;
}

}  // namespace signalbox::pipeline
