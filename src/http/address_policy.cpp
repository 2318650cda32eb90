#include "http/address_policy.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace signalbox::http {
namespace {

using boost::asio::ip::address;
using boost::asio::ip::address_v4;
using boost::asio::ip::address_v6;
using boost::asio::ip::make_address_v4;
using boost::asio::ip::make_address_v6;

struct Block4 {
  address_v4 network;
  unsigned bits;
  AddressClass kind;
};
struct Block6 {
  address_v6 network;
  unsigned bits;
  AddressClass kind;
};

bool in_block(const address_v4& a, const address_v4& network, unsigned bits) {
  const std::uint32_t mask = bits == 0 ? 0 : ~std::uint32_t{0} << (32 - bits);
  return (a.to_uint() & mask) == network.to_uint();
}

bool in_block(const address_v6& a, const address_v6& network, unsigned bits) {
  const auto left = a.to_bytes(), right = network.to_bytes();
  const unsigned whole = bits / 8, rest = bits % 8;
  if (!std::equal(left.begin(), left.begin() + whole, right.begin())) return false;
  if (rest == 0) return true;
  const unsigned mask = 0xffu << (8 - rest);
  return (left[whole] & mask) == (right[whole] & mask);
}

// The first block that contains the address decides: single addresses before the networks around them.
const std::vector<Block4>& blocks4() {
  using enum AddressClass;
  static const std::vector<Block4> blocks{
      {make_address_v4("169.254.169.254"), 32, metadata},  // most clouds
      {make_address_v4("169.254.170.0"), 24, metadata},    // credentials of containers
      {make_address_v4("100.100.100.200"), 32, metadata},
      {make_address_v4("168.63.129.16"), 32, metadata},
      {make_address_v4("192.0.0.192"), 32, metadata},
      {make_address_v4("0.0.0.0"), 8, unspecified},  // "this network": Linux connects 0.0.0.0 to itself
      {make_address_v4("10.0.0.0"), 8, private_use},
      {make_address_v4("100.64.0.0"), 10, shared},
      {make_address_v4("127.0.0.0"), 8, loopback},
      {make_address_v4("169.254.0.0"), 16, link_local},
      {make_address_v4("172.16.0.0"), 12, private_use},
      {make_address_v4("192.0.0.0"), 24, reserved},
      {make_address_v4("192.0.2.0"), 24, documentation},
      {make_address_v4("192.168.0.0"), 16, private_use},
      {make_address_v4("198.18.0.0"), 15, documentation},
      {make_address_v4("198.51.100.0"), 24, documentation},
      {make_address_v4("203.0.113.0"), 24, documentation},
      {make_address_v4("224.0.0.0"), 4, multicast},
      {make_address_v4("255.255.255.255"), 32, broadcast},
      {make_address_v4("240.0.0.0"), 4, reserved},
  };
  return blocks;
}

const std::vector<Block6>& blocks6() {
  using enum AddressClass;
  static const std::vector<Block6> blocks{
      {make_address_v6("fd00:ec2::254"), 128, metadata},
      {make_address_v6("::"), 128, unspecified},
      {make_address_v6("::1"), 128, loopback},
      {make_address_v6("100::"), 64, documentation},
      {make_address_v6("2001:db8::"), 32, documentation},
      {make_address_v6("fc00::"), 7, private_use},
      {make_address_v6("fe80::"), 10, link_local},
      {make_address_v6("fec0::"), 10, private_use},
      {make_address_v6("ff00::"), 8, multicast},
  };
  return blocks;
}

address_v4 ipv4_at(const address_v6::bytes_type& bytes, std::size_t at, unsigned char flip = 0) {
  address_v4::bytes_type four;
  for (std::size_t i = 0; i < 4; ++i) four[i] = static_cast<unsigned char>(bytes[at + i] ^ flip);
  return address_v4(four);
}

Error bad_cidr(std::string_view text, std::string_view why) {
  return Error(Errc::invalid_argument, "\"" + std::string(text.substr(0, 64)) + "\": " + std::string(why));
}

bool clean_right_of(const address& network, unsigned bits) {
  if (network.is_v4()) return in_block(network.to_v4(), network.to_v4(), bits);
  const auto bytes = network.to_v6().to_bytes();
  for (unsigned bit = bits; bit < 128; ++bit)
    if (bytes[bit / 8] & (0x80u >> (bit % 8))) return false;
  return true;
}

const Cidr* longest_match(const std::vector<Cidr>& blocks, const address& a) {
  const Cidr* best = nullptr;
  for (const auto& block : blocks)
    if (block.contains(a) && (!best || block.prefix_bits() > best->prefix_bits())) best = &block;
  return best;
}

}  // namespace

AddressClass classify(const address& a) {
  if (a.is_v4()) {
    for (const auto& block : blocks4())
      if (in_block(a.to_v4(), block.network, block.bits)) return block.kind;
    return AddressClass::global;
  }
  for (const auto& block : blocks6())
    if (in_block(a.to_v6(), block.network, block.bits)) return block.kind;
  return AddressClass::global;
}

std::string_view to_string(AddressClass kind) {
  switch (kind) {
    case AddressClass::global: return "global";
    case AddressClass::loopback: return "loopback";
    case AddressClass::private_use: return "private";
    case AddressClass::shared: return "shared";
    case AddressClass::link_local: return "link-local";
    case AddressClass::metadata: return "metadata";
    case AddressClass::multicast: return "multicast";
    case AddressClass::broadcast: return "broadcast";
    case AddressClass::unspecified: return "unspecified";
    case AddressClass::documentation: return "documentation";
    case AddressClass::reserved: return "reserved";
  }
  return "";
}

std::optional<address_v4> embedded_ipv4(const address_v6& a) {
  static const auto compatible = make_address_v6("::"), mapped = make_address_v6("::ffff:0:0"),
                    translated = make_address_v6("::ffff:0:0:0"), nat64 = make_address_v6("64:ff9b::"),
                    nat64_local = make_address_v6("64:ff9b:1::"), six_to_four = make_address_v6("2002::"),
                    teredo = make_address_v6("2001::");
  const auto bytes = a.to_bytes();
  if (in_block(a, mapped, 96) || in_block(a, translated, 96) || in_block(a, nat64, 96) || in_block(a, nat64_local, 48))
    return ipv4_at(bytes, 12);
  if (in_block(a, compatible, 96) && !a.is_unspecified() && !a.is_loopback()) return ipv4_at(bytes, 12);
  if (in_block(a, six_to_four, 16)) return ipv4_at(bytes, 2);
  if (in_block(a, teredo, 32)) return ipv4_at(bytes, 12, 0xff);  // RFC 4380: the client's address, inverted
  const bool isatap = (bytes[8] & 0xfd) == 0 && bytes[9] == 0 && bytes[10] == 0x5e && bytes[11] == 0xfe;
  if (isatap) return ipv4_at(bytes, 12);
  return std::nullopt;
}

Result<Cidr> Cidr::parse(std::string_view text) {
  const auto slash = text.find('/');
  boost::system::error_code ec;
  auto network = boost::asio::ip::make_address(std::string(text.substr(0, slash)), ec);
  if (ec || text.find('%') != std::string_view::npos) return bad_cidr(text, "expected a block of addresses such as 10.0.0.0/8");
  const unsigned all = network.is_v4() ? 32 : 128;
  unsigned bits = all;
  if (slash != std::string_view::npos) {
    const auto digits = text.substr(slash + 1);
    auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    if (fault != std::errc{} || end != digits.data() + digits.size() || bits > all)
      return bad_cidr(text, "the prefix length must be from 0 to " + std::to_string(all));
  }
  if (!clean_right_of(network, bits)) return bad_cidr(text, "bits right of the prefix are set");
  return Cidr(network, bits);
}

bool Cidr::contains(const address& a) const {
  if (a.is_v4() != network_.is_v4()) return false;
  return a.is_v4() ? in_block(a.to_v4(), network_.to_v4(), bits_) : in_block(a.to_v6(), network_.to_v6(), bits_);
}

std::string Cidr::to_string() const { return network_.to_string() + "/" + std::to_string(bits_); }

AddressPolicy::AddressPolicy()
    : AddressPolicy({AddressClass::unspecified, AddressClass::multicast, AddressClass::broadcast,
                     AddressClass::link_local, AddressClass::metadata}) {}

AddressPolicy::AddressPolicy(std::vector<AddressClass> refused_classes) : refused_classes_(std::move(refused_classes)) {}

std::optional<std::string> AddressPolicy::refusal(const address& a) const {
  if (a.is_v6()) {
    if (const auto inner = embedded_ipv4(a.to_v6())) {
      if (auto why = refusal_of_one(address(*inner))) return a.to_string() + " leads to " + *why;
    }
  }
  return refusal_of_one(a);
}

std::optional<std::string> AddressPolicy::refusal_of_one(const address& a) const {
  const auto* denied = longest_match(deny_, a);
  const auto* allowed = longest_match(allow_, a);
  if (denied && (!allowed || denied->prefix_bits() >= allowed->prefix_bits()))
    return a.to_string() + ", which is in the denied block " + denied->to_string();
  if (allowed) return std::nullopt;
  const auto kind = classify(a);
  if (std::find(refused_classes_.begin(), refused_classes_.end(), kind) == refused_classes_.end()) return std::nullopt;
  return a.to_string() + ", which is a " + std::string(http::to_string(kind)) + " address";
}

std::string AddressPolicy::to_string() const {
  std::string text;
  for (auto kind : refused_classes_) text += "!" + std::string(http::to_string(kind)) + " ";
  for (const auto& block : allow_) text += "+" + block.to_string() + " ";
  for (const auto& block : deny_) text += "-" + block.to_string() + " ";
  return text;
}

}  // namespace signalbox::http
