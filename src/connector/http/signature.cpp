#include "connector/http/signature.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <array>
#include <cassert>

#include "connector/http/digest.hpp"
#include "event/base64.hpp"

namespace signalbox::connector::http {
namespace {

constexpr std::string_view kPrefix = "whsec_";
constexpr std::size_t kLeastBytes = 24, kMostBytes = 64;  // Standard Webhooks, "Signature scheme"
constexpr std::size_t kWebhookIdBytes = 16;

struct Freed {
  void operator()(EVP_MAC* mac) const { EVP_MAC_free(mac); }
  void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MAC_CTX, Freed>;

void update(EVP_MAC_CTX& context, std::string_view bytes) {
  const int done = EVP_MAC_update(&context, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  assert(done == 1);
  static_cast<void>(done);
}

}  // namespace

/// HMAC-SHA256 set up with one key; copied for each signature, since setting up costs more than signing.
class Signer::Key {
 public:
  explicit Key(std::string_view bytes) {
    const std::unique_ptr<EVP_MAC, Freed> mac(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
    assert(mac);
    keyed_.reset(EVP_MAC_CTX_new(mac.get()));
    std::array<char, 7> sha256{"SHA256"};
    const std::array<OSSL_PARAM, 2> parameters{
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, sha256.data(), 0), OSSL_PARAM_construct_end()};
    const int done =
        EVP_MAC_init(keyed_.get(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), parameters.data());
    assert(done == 1);
    static_cast<void>(done);
  }

  std::array<unsigned char, 32> sign(std::string_view id, std::string_view timestamp, std::string_view body) const {
    const Context context(EVP_MAC_CTX_dup(keyed_.get()));
    assert(context);
    for (auto part : {id, std::string_view("."), timestamp, std::string_view("."), body}) update(*context, part);
    std::array<unsigned char, 32> code{};
    std::size_t size = 0;
    const int done = EVP_MAC_final(context.get(), code.data(), &size, code.size());
    assert(done == 1 && size == code.size());
    static_cast<void>(done);
    return code;
  }

 private:
  Context keyed_;
};

Signer::Signer() = default;
Signer::Signer(Signer&&) noexcept = default;
Signer& Signer::operator=(Signer&&) noexcept = default;
Signer::~Signer() = default;

Result<Signer> Signer::make(const Secret& secrets) {
  const auto fault = Error(Errc::invalid_argument, "expected whsec_ and the Base64 of 24 to 64 bytes");
  Signer signer;
  auto rest = secrets.reveal();
  constexpr std::string_view kSpace = " \t\r\n";
  for (;;) {
    const auto begin = rest.find_first_not_of(kSpace);
    if (begin == std::string_view::npos) break;
    rest.remove_prefix(begin);
    auto word = rest.substr(0, rest.find_first_of(kSpace));
    rest.remove_prefix(word.size());
    if (!word.starts_with(kPrefix)) return fault;
    word.remove_prefix(kPrefix.size());
    const auto size = event::base64_decoded_size(word);
    if (!size || *size < kLeastBytes || *size > kMostBytes) return fault;
    std::string bytes(*size, '\0');
    event::decode_base64(word, bytes.data());
    signer.keys_.push_back(std::make_unique<const Key>(bytes));
    OPENSSL_cleanse(bytes.data(), bytes.size());
  }
  if (signer.keys_.empty()) return fault;
  return signer;
}

void Signer::append_signature(std::string& out, std::string_view id, std::int64_t unix_seconds,
                              std::string_view body) const {
  const auto timestamp = std::to_string(unix_seconds);
  bool first = true;
  for (const auto& key : keys_) {
    const auto code = key->sign(id, timestamp, body);
    out += first ? "v1," : " v1,";
    event::append_base64(out, std::string_view(reinterpret_cast<const char*>(code.data()), code.size()));
    first = false;
  }
}

std::string webhook_id(std::string_view source, std::string_view id) {
  std::string both(source);
  both += '\0';  // in neither of them
  both += id;
  return "msg_" + to_hex(sha256(both).data(), kWebhookIdBytes);
}

}  // namespace signalbox::connector::http
