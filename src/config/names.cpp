#include "config/names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "base/config_path.hpp"

namespace signalbox::config {
namespace {

constexpr std::size_t kLongestName = 64;

bool is_alphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

/// The name a person may have meant: lower case, with hyphens for what may not stand in one.
std::string suggestion(std::string_view name) {
  std::string better;
  for (char c : name.substr(0, kLongestName)) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    better += is_alphanumeric(c) || c == '.' || c == '_' || c == '-' ? c : '-';
  }
  while (!better.empty() && !is_alphanumeric(better.back())) better.pop_back();
  better.erase(0, static_cast<std::size_t>(std::find_if(better.begin(), better.end(), is_alphanumeric) -
                                           better.begin()));
  return better.empty() ? std::string() : fmt::format("such as \"{}\"", better);
}

}  // namespace

bool is_name(std::string_view name) {
  const auto allowed = [](char c) { return is_alphanumeric(c) || c == '.' || c == '_' || c == '-'; };
  return !name.empty() && name.size() <= kLongestName && is_alphanumeric(name.front()) &&
         is_alphanumeric(name.back()) && std::all_of(name.begin(), name.end(), allowed);
}

void each_named(ConfigReader& read, std::string_view key, std::size_t most, Diagnostics& out,
                const std::function<void(const ConfigNode::Member&)>& read_one) {
  const ConfigNode* node = read.take(key);
  if (node == nullptr || node->kind() == ConfigNode::Kind::null) return;
  if (node->kind() != ConfigNode::Kind::mapping)
    return read.fault(key, fmt::format("expected a mapping of names, got {}", node->describe()));
  if (node->members().size() > most) return read.fault(key, fmt::format("there are more than {}", most));
  for (const auto& member : node->members()) {
    if (!is_name(member.key))
      out.add({member.key_place, base::child_path(node->path(), member.key), std::string(kNameRule),
               suggestion(member.key)});
    read_one(member);
  }
}

void each_item(ConfigReader& read, std::string_view key, std::size_t most,
               const std::function<void(const ConfigNode&)>& read_one) {
  const ConfigNode* node = read.take(key);
  if (node == nullptr || node->kind() == ConfigNode::Kind::null) return;
  if (node->kind() != ConfigNode::Kind::sequence)
    return read.fault(key, fmt::format("expected a list, got {}", node->describe()));
  if (node->items().size() > most) return read.fault(key, fmt::format("there are more than {}", most));
  for (const auto& item : node->items()) read_one(item);
}

}  // namespace signalbox::config
