#include "pipeline/value_key.hpp"

#include <xxhash.h>

#include <bit>

#include "pipeline/json_reader.hpp"
#include "pipeline/number_text.hpp"

namespace signalbox::pipeline {
namespace {

/// So that a string, a number's text and an address of the same bytes have different keys.
enum class Seed : std::uint64_t { string = 1, number, number_text, address, literal };

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

std::vector<ValueKey> string_form_keys(std::string_view text) {
  std::vector<ValueKey> keys{string_key(text)};
  if (text == "true") keys.push_back(true_key());
  if (text == "false") keys.push_back(false_key());
  JsonReader reader(text, 0);
  if (reader.next() == JsonToken::number && reader.text() == text) {
    const auto number = comparable_number(text);
    keys.push_back(number ? number_key(*number) : number_text_key(text));
  }
  return keys;
}

}  // namespace signalbox::pipeline
