#include "config/credential.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>

#include "base/config_path.hpp"
#include "base/nearest_name.hpp"
#include "config/names.hpp"

namespace signalbox::config {
namespace {

constexpr std::size_t kShortestToken = 16;  // bytes; shorter ones can be guessed

/// What may stand in an Authorization header after "Bearer ": RFC 6750's b64token, and no more.
bool is_token(std::string_view token) {
  return std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c < '\x7F'; });
}

}  // namespace

std::optional<Credential> CredentialReader::read(const ConfigNode& node) {
  Credential credential;
  credential.rights.resize(rights_.size());
  ConfigReader read(node, out_);
  if (read.require("name") != nullptr) read("name", credential.name);
  if (read.has("name") && !is_name(credential.name)) read.fault("name", std::string(kNameRule));
  std::optional<Secret> token;
  read.secret("token", token);
  read_rights(read, credential);
  read.done();
  if (node.kind() != ConfigNode::Kind::mapping) return std::nullopt;

  if (const auto [first, is_new] = names_.try_emplace(credential.name, node.place()); !is_new)
    read.fault("name", fmt::format("{} is taken (at {})", base::in_quotes(credential.name),
                                   first->second.to_string()));
  if (!token) {
    if (!read.has("token") && !read.has("token_file") && !read.has("token_env"))
      read.fault("token_file", "missing: a key needs token_file or token_env");
    return std::nullopt;
  }
  const std::string_view from = read.has("token_file") ? "token_file" : "token_env";
  if (token->reveal().size() < kShortestToken || !is_token(token->reveal())) {
    read.fault(from,
               fmt::format("a token has at least {} printable characters and no blanks", kShortestToken),
               "make one: openssl rand -hex 32");
    return std::nullopt;
  }
  if (const auto [other, is_new] = tokens_.try_emplace(std::string(token->reveal()), credential.name);
      !is_new)
    read.fault(from, fmt::format("the same token as {} has", base::in_quotes(other->second)));
  credential.token = std::move(*token);
  return credential;
}

void CredentialReader::read_rights(ConfigReader& read, Credential& credential) {
  const ConfigNode* may = read.require("may");
  if (may == nullptr) return;
  std::vector<std::string> texts;
  read("may", texts);
  const std::string expected = fmt::format("{}", fmt::join(rights_, ", "));
  for (const auto& text : texts) {
    const auto found = std::find(rights_.begin(), rights_.end(), text);
    if (found != rights_.end()) {
      credential.rights[static_cast<std::size_t>(found - rights_.begin())] = true;
      continue;
    }
    const auto nearest = base::nearest_name(text, rights_);
    read.fault("may", fmt::format("expected some of {}, got {}", expected, base::in_quotes(text)),
               nearest.empty() ? std::string() : fmt::format("did you mean \"{}\"?", nearest));
  }
}

}  // namespace signalbox::config
