#include "support/naive_value.hpp"

#include <arpa/inet.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <map>
#include <optional>
#include <stdexcept>

namespace signalbox::test {
namespace {

using Kind = JsonTree::Kind;

// Numbers.

/// A decimal number's value: minus, the digits without zeros at their ends, and the power of ten of the last
/// one.
struct Decimal {
  bool negative = false;
  std::string digits;
  long exponent = 0;
  bool operator==(const Decimal&) const = default;
};

Decimal to_decimal(const std::string& text) {
  Decimal out;
  const auto e = std::min(text.find_first_of("eE"), text.size());
  if (e < text.size()) out.exponent = std::atol(text.c_str() + e + 1);
  bool fraction = false;
  for (const char c : text.substr(0, e)) {
    if (c == '.') fraction = true;
    if (c < '0' || c > '9') continue;
    out.digits += c;
    if (fraction) --out.exponent;
  }
  out.digits.erase(0, out.digits.find_first_not_of('0'));
  if (out.digits.empty()) return {};
  for (; out.digits.back() == '0'; out.digits.pop_back()) ++out.exponent;
  out.negative = text[0] == '-';
  return out;
}

/// The double that the number is exactly, as far as a double's shortest text tells.
std::optional<double> to_double(const JsonTree& value) {
  if (value.kind != Kind::number) return std::nullopt;
  const double number = std::strtod(value.text.c_str(), nullptr);
  if (!std::isfinite(number)) return std::nullopt;
  std::array<char, 40> buffer{};
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, std::chars_format::scientific).ptr;
  const std::string shortest(buffer.data(), end);
  return to_decimal(shortest) == to_decimal(value.text) ? std::optional(number) : std::nullopt;
}

bool compare(double value, const std::string& sign, double bound) {
  if (sign == "=") return value == bound;
  if (sign == ">") return value > bound;
  if (sign == ">=") return value >= bound;
  if (sign == "<") return value < bound;
  if (sign == "<=") return value <= bound;
  throw std::invalid_argument("no comparison: " + sign);
}

bool in_range(const JsonTree& range, const JsonTree& value) {
  if (range.items.at(0).kind == Kind::array)
    return std::any_of(range.items.begin(), range.items.end(),
                       [&value](const JsonTree& one) { return in_range(one, value); });
  const auto number = to_double(value);
  for (std::size_t i = 0; number && i < range.items.size(); i += 2)
    if (!compare(*number, range.items[i].text, to_double(range.items[i + 1]).value())) return false;
  return number.has_value();
}

// Addresses.

using Bytes = std::string;

/// The 4 or 16 bytes of an address; an IPv4 address in IPv6 is the IPv4 address.
std::optional<Bytes> to_address(const std::string& text) {
  Bytes bytes(16, '\0');
  if (text.find('.') == text.npos) {
    if (::inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1) return std::nullopt;
    return bytes.starts_with(Bytes(10, '\0') + "\xFF\xFF") ? bytes.substr(12) : bytes;
  }
  static const RE2 four("(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})");
  std::array<std::string, 4> part;
  if (!RE2::FullMatch(text, four, &part[0], &part[1], &part[2], &part[3])) return std::nullopt;
  bytes.resize(4);
  for (std::size_t i = 0; i < 4; ++i) {
    const int value = std::stoi(part[i]);
    if (value > 255) return std::nullopt;
    bytes[i] = static_cast<char>(value);
  }
  return bytes;
}

bool in_network(const std::string& cidr, const std::string& text) {
  const auto slash = cidr.find('/');
  const auto network = to_address(cidr.substr(0, slash)), address = to_address(text);
  if (!address || address->size() != network.value().size()) return false;
  const auto bits = std::stoul(cidr.substr(slash + 1));
  for (std::size_t bit = 0; bit < bits; ++bit)
    if (((*address)[bit / 8] ^ (*network)[bit / 8]) & 0x80 >> bit % 8) return false;
  return true;
}

// Case.

/// The forms of the character that `text` begins with: itself, lower case, upper case.
std::vector<std::string> forms(std::string_view text) {
  static const std::map<std::string, std::vector<std::string>, std::less<>> odd{
      {"é", {"É"}}, {"É", {"é"}}, {"ß", {"SS"}}, {"σ", {"Σ"}}, {"ς", {"Σ"}},
      {"Σ", {"σ"}}, {"ı", {"I"}}, {"ſ", {"S"}},  {"𐐀", {"𐐨"}}, {"𐐨", {"𐐀"}}};
  std::size_t size = 1;
  while (size < text.size() && (text[size] & 0xC0) == 0x80) ++size;
  std::vector<std::string> out{std::string(text.substr(0, size))};
  if (const auto found = odd.find(out[0]); found != odd.end())
    out.insert(out.end(), found->second.begin(), found->second.end());
  const char c = text[0];
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) out.emplace_back(1, static_cast<char>(c ^ 0x20));
  return out;
}

/// Whether `text`, each character in any of its forms, is all of `value`, or only its begin.
bool same_but_case(std::string_view text, std::string_view value, bool only_begin) {
  if (text.empty()) return only_begin || value.empty();
  const auto choices = forms(text);
  return std::any_of(choices.begin(), choices.end(), [&](const std::string& form) {
    return value.starts_with(form) &&
           same_but_case(text.substr(choices[0].size()), value.substr(form.size()), only_begin);
  });
}

bool ends_but_case(std::string_view text, std::string_view value) {
  for (std::size_t at = 0; at <= value.size(); ++at)
    if (same_but_case(text, value.substr(at), false)) return true;
  return false;
}

// Strings.

bool wildcard(std::string_view text, std::string_view value) {
  if (text.empty()) return value.empty();
  if (text[0] == '*')
    return wildcard(text.substr(1), value) || (!value.empty() && wildcard(text, value.substr(1)));
  if (text[0] == '\\') text.remove_prefix(1);
  return !value.empty() && text[0] == value[0] && wildcard(text.substr(1), value.substr(1));
}

bool regex(const std::string& expression, const std::string& value) {
  const RE2 compiled(expression, RE2::Quiet);
  if (!compiled.ok()) throw std::invalid_argument(compiled.error());
  return RE2::FullMatch(value, compiled);
}

bool prefix(const JsonTree& operand, const std::string& value) {
  if (operand.kind == Kind::object) return same_but_case(operand.members.at(0).value.text, value, true);
  return value.starts_with(operand.text);
}

bool suffix(const JsonTree& operand, const std::string& value) {
  if (operand.kind == Kind::object) return ends_but_case(operand.members.at(0).value.text, value);
  return value.ends_with(operand.text);
}

bool string_operator(const std::string& name, const JsonTree& operand, const std::string& value) {
  if (name == "exactly") return value == operand.text;
  if (name == "prefix") return prefix(operand, value);
  if (name == "suffix") return suffix(operand, value);
  if (name == "equals-ignore-case") return same_but_case(operand.text, value, false);
  if (name == "wildcard") return wildcard(operand.text, value);
  if (name == "cidr") return in_network(operand.text, value);
  if (name == "regex") return regex(operand.text, value);
  throw std::invalid_argument("no operator: " + name);
}

// Entries.

bool same_scalar(const JsonTree& a, const JsonTree& b) {
  if (a.kind != Kind::number || b.kind != Kind::number) return a.kind == b.kind && a.text == b.text;
  const auto x = to_double(a), y = to_double(b);
  return x && y ? *x == *y : a.text == b.text;
}

bool same_address(const JsonTree& a, const JsonTree& b) {
  if (a.kind != Kind::string || b.kind != Kind::string) return false;
  const auto x = to_address(a.text);
  return x && x == to_address(b.text);
}

bool operator_accepts(const std::string& name, const JsonTree& operand, const JsonTree& value);

/// What stands in an `anything-but`: a scalar, a list of them, or an operator with one operand or a list.
bool excludes(const JsonTree& excluded, const JsonTree& value) {
  if (excluded.is_scalar()) return same_scalar(excluded, value);
  if (excluded.kind == Kind::array)
    return std::any_of(excluded.items.begin(), excluded.items.end(),
                       [&value](const JsonTree& one) { return same_scalar(one, value); });
  const auto& [name, operand] = excluded.members.at(0);
  if (operand.kind != Kind::array || name == "numeric") return operator_accepts(name, operand, value);
  return std::any_of(operand.items.begin(), operand.items.end(),
                     [&](const JsonTree& one) { return operator_accepts(name, one, value); });
}

bool operator_accepts(const std::string& name, const JsonTree& operand, const JsonTree& value) {
  if (name == "exists") return operand.kind == Kind::yes;
  if (name == "anything-but") return !excludes(operand, value);
  if (name == "numeric") return in_range(operand, value);
  return value.kind == Kind::string && string_operator(name, operand, value.text);
}

}  // namespace

bool naive_accepts(const JsonTree& entry, const JsonTree& value) {
  if (entry.is_scalar()) return same_scalar(entry, value) || same_address(entry, value);
  return std::all_of(entry.members.begin(), entry.members.end(), [&value](const JsonTree::Member& member) {
    return operator_accepts(member.name, member.value, value);
  });
}

}  // namespace signalbox::test
