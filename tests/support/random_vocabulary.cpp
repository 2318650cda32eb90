#include "support/random_vocabulary.hpp"

#include <algorithm>
#include <iterator>

namespace signalbox::test {
namespace {

using Kind = JsonTree::Kind;

constexpr const char* kNames[] = {"a", "a",   "a", "b",     "b", "b", "c",      "d",
                                  "é", "x y", "",  "\"q\"", "😀", "😀", "\uE000", "\uE000"};
constexpr const char* kLiteralNames[] = {"a.b", "a.b", "b.a", "a",  "$or", "a.", ".",
                                         "",    "']",  "😀.a", "$x", "b.",  "\1", "\1."};
constexpr const char* kAttributes[] = {"type", "type", "source", "subject", "id", "urgent", "size"};
constexpr const char* kTexts[] = {
    "a",   "a",    "b",   "ab",       "A",         "aB",       "abc",        "ba",
    "",    "é",    "É",   "ß",        "SS",        "ss",       "σ",          "ς",
    "Σ",   "ı",    "I",   "1",        "-7",        "42",       "a*",         "a\\b",
    "\n",  "日本", "😀",   "10.0.0.1", "010.0.0.1", "10.0.0.7", "::1",        "::ffff:a00:1",
    "𐐀",   "𐐨",    "a\"", "null",     "true",      "0:0::1",   "192.0.2.77", "2001:db8::1",
    "a.b", "ſ"};
constexpr const char* kComparableNumbers[] = {"0",
                                              "0",
                                              "1",
                                              "1",
                                              "2",
                                              "1.0",
                                              "1e0",
                                              "10e-1",
                                              "-0",
                                              "0.0",
                                              "-1",
                                              "-7",
                                              "42",
                                              "0.5",
                                              "1e2",
                                              "5e-1",
                                              "3.25",
                                              "-1.50",
                                              "1E2",
                                              "100",
                                              "1e308",
                                              "2e-7",
                                              "9007199254740992"};
constexpr const char* kOtherNumbers[] = {"1e309", "1e-400", "0.1234567890123456789", "123456789012345678901",
                                         "9007199254740993"};
constexpr RegexSample kRegexes[] = {
    {"a|b", "a"},       {"a|ab", "ab"},   {"[ab]+", "ba"},        {"a.*", "abc"}, {".*é.*", "é"},
    {"(?i)ab", "aB"},   {"", ""},         {"^a$", "a"},           {"\\d+", "42"}, {".", "日"},
    {"\\pL{1,3}", "σ"}, {"a\\.b", "a.b"}, {"(a)(b)?c?", "ab"},    {"[^a]*", "b"}, {"(?s).+", "\n"},
    {"a*?b*", "ab"},    {"\\W?", "😀"},    {"10\\..*", "10.0.0.1"}};
constexpr NetworkSample kNetworks[] = {{"10.0.0.0/8", "10.9.8.7"},
                                       {"10.0.0.7/30", "10.0.0.5"},
                                       {"0.0.0.0/0", "192.0.2.77"},
                                       {"10.0.0.0/31", "010.0.0.1"},
                                       {"::/64", "::1"},
                                       {"2001:db8::/32", "2001:db8:0::7"},
                                       {"::/0", "2001:db8::1"},
                                       {"::1/127", "0:0::1"}};

struct Character {
  std::string bytes;
  std::uint32_t code;
};

Character first_character(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const std::size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  std::uint32_t code = size == 1 ? lead : lead & (0xFFU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) code = code << 6 | (static_cast<unsigned char>(text[i]) & 0x3F);
  return {std::string(text.substr(0, size)), code};
}

std::string unit_escape(RandomSource& random, std::uint32_t unit) {
  const std::string_view digits = random.chance(50) ? "0123456789abcdef" : "0123456789ABCDEF";
  std::string out = "\\u";
  for (const int shift : {12, 8, 4, 0}) out += digits[unit >> shift & 15];
  return out;
}

std::string escape(RandomSource& random, std::uint32_t code) {
  if (code < 0x10000) return unit_escape(random, code);
  return unit_escape(random, 0xD7C0 + (code >> 10)) + unit_escape(random, 0xDC00 + (code & 0x3FF));
}

}  // namespace

std::string random_name(RandomSource& random) { return random.one_of(kNames); }
std::string random_literal_name(RandomSource& random) { return random.one_of(kLiteralNames); }
std::string random_attribute(RandomSource& random) { return random.one_of(kAttributes); }
bool is_attribute(std::string_view name) {
  return std::find(std::begin(kAttributes), std::end(kAttributes), name) != std::end(kAttributes);
}
std::string random_text(RandomSource& random) { return random.one_of(kTexts); }
std::string random_comparable_number(RandomSource& random) { return random.one_of(kComparableNumbers); }
std::string random_number(RandomSource& random) {
  return random.chance(85) ? random_comparable_number(random) : random.one_of(kOtherNumbers);
}
RegexSample random_regex(RandomSource& random) { return random.one_of(kRegexes); }
NetworkSample random_network(RandomSource& random) { return random.one_of(kNetworks); }

JsonTree random_scalar(RandomSource& random) {
  const auto kind = random.below(10);
  if (kind < 5) return json_string(random_text(random));
  if (kind < 8) return json_number(random_number(random));
  JsonTree tree;
  tree.kind = random.one_of({Kind::null, Kind::yes, Kind::no});
  return tree;
}

std::string sample_for(std::string_view expression_or_cidr) {
  for (const auto& [expression, text] : kRegexes)
    if (expression == expression_or_cidr) return text;
  for (const auto& [cidr, address] : kNetworks)
    if (cidr == expression_or_cidr) return address;
  return "";
}

std::string respelled_number(RandomSource& random, const std::string& text) {
  if (text.find_first_of(".eE") != text.npos || text.size() > 3 || text == "0" || text == "-0") return text;
  return text + random.one_of({"", "", ".0", "e0", ".00E+0", "00e-2"});
}

std::string random_json_string(RandomSource& random, std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const auto [bytes, code] = first_character(text);
    text.remove_prefix(bytes.size());
    if (random.chance(8) || code < 0x20)
      out += escape(random, code);
    else
      out += (bytes == "\"" || bytes == "\\" ? "\\" : "") + bytes;
  }
  return out + '"';
}

std::string random_json(RandomSource& random, const JsonTree& tree) {
  if (tree.kind == Kind::string) return random_json_string(random, tree.text);
  if (tree.is_scalar()) return to_json(tree);
  const std::string space = random.chance(5) ? " \n" : "";
  std::string out;
  for (const auto& item : tree.items) out += (out.empty() ? "" : "," + space) + random_json(random, item);
  if (tree.kind == Kind::array) return "[" + out + space + "]";
  for (const auto& [name, value] : tree.members)
    out += (out.empty() ? "" : "," + space) + random_json_string(random, name) + ":" +
           random_json(random, value);
  return "{" + space + out + "}";
}

}  // namespace signalbox::test
