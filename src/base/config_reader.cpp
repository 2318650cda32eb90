#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <limits>

#include "base/config_path.hpp"
#include "base/nearest_name.hpp"
#include "base/secret_source.hpp"
#include "base/units.hpp"
#include "base/yaml_scalar.hpp"
#include "signalbox/config_node.hpp"

namespace signalbox {
namespace {

using base::ScalarType;

constexpr std::size_t kMostHints = 100;  // past so many faults nobody reads hints; finding them costs

/// A number only if all of `text` is one.
template <class Number>
std::optional<Number> to_number(std::string_view text) {
  Number value{};
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (ec != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string_view hint_for_quoted(const ConfigNode& node) {
  return node.quoted() && base::scalar_type(node.text()) != ScalarType::text ? "remove the quotes" : "";
}

std::string hint_for_boolean(const ConfigNode& node) {
  if (node.quoted()) return std::string(hint_for_quoted(node));
  constexpr std::string_view yes[] = {"yes", "Yes", "YES", "on", "On", "ON", "y", "Y", "1"};
  constexpr std::string_view no[] = {"no", "No", "NO", "off", "Off", "OFF", "n", "N", "0"};
  if (std::find(std::begin(yes), std::end(yes), node.text()) != std::end(yes)) return "write true";
  if (std::find(std::begin(no), std::end(no), node.text()) != std::end(no)) return "write false";
  return {};
}

std::string did_you_mean(std::string_view nearest) {
  return nearest.empty() ? std::string() : fmt::format("did you mean \"{}\"?", nearest);
}

}  // namespace

ConfigReader::ConfigReader(const ConfigNode& node, Diagnostics& out) : node_(node), out_(out) {
  usable_ = node.kind() == ConfigNode::Kind::mapping || node.kind() == ConfigNode::Kind::null;
  if (!usable_)
    out_.add({node.place(), node.path(), fmt::format("expected a mapping, got {}", node.describe()), {}});
}

const ConfigNode* ConfigReader::take(std::string_view key) {
  if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.emplace_back(key);
  return usable_ ? node_.find(key) : nullptr;
}

const ConfigNode* ConfigReader::require(std::string_view key) {
  const ConfigNode* value = take(key);
  if (value == nullptr && usable_)
    out_.add({node_.place(), base::child_path(node_.path(), key), "missing: this key must be given", {}});
  return value;
}

bool ConfigReader::has(std::string_view key) const { return usable_ && node_.find(key) != nullptr; }

void ConfigReader::fault(std::string_view key, std::string message, std::string hint) {
  const ConfigNode* value = node_.find(key);
  out_.add({value != nullptr ? value->place() : node_.place(), base::child_path(node_.path(), key),
            std::move(message), std::move(hint)});
}

void ConfigReader::done() {
  if (!usable_) return;
  const std::vector<std::string_view> known(known_.begin(), known_.end());
  for (const auto& member : node_.members()) {
    if (std::find(known.begin(), known.end(), member.key) != known.end()) continue;
    std::string hint;
    if (out_.faults().size() < kMostHints) {
      hint = did_you_mean(base::nearest_name(member.key, known));
      if (hint.empty() && !known.empty()) hint = fmt::format("known here: {}", fmt::join(known, ", "));
    }
    out_.add({member.key_place, base::child_path(node_.path(), member.key), "unknown key", std::move(hint)});
  }
}

const ConfigNode* ConfigReader::scalar(std::string_view key, std::string_view expected) {
  const ConfigNode* value = take(key);
  if (value == nullptr) return nullptr;
  if (value->kind() == ConfigNode::Kind::scalar) return value;
  fault(key, fmt::format("expected {}, got {}", expected, value->describe()));
  return nullptr;
}

void ConfigReader::operator()(std::string_view key, bool& value) {
  const ConfigNode* node = scalar(key, "true or false");
  if (node == nullptr) return;
  if (node->quoted() || base::scalar_type(node->text()) != ScalarType::boolean)
    return fault(key, fmt::format("expected true or false, got {}", node->describe()),
                 hint_for_boolean(*node));
  value = node->text()[0] == 't' || node->text()[0] == 'T';
}

void ConfigReader::operator()(std::string_view key, std::string& value) {
  if (const ConfigNode* node = scalar(key, "a text")) value = node->text();
}

void ConfigReader::operator()(std::string_view key, std::vector<std::string>& values) {
  const ConfigNode* node = take(key);
  if (node == nullptr) return;
  if (node->kind() == ConfigNode::Kind::scalar) {
    values = {node->text()};
    return;
  }
  if (node->kind() != ConfigNode::Kind::sequence)
    return fault(key, fmt::format("expected a list of texts, got {}", node->describe()));
  std::vector<std::string> read;
  for (const auto& item : node->items()) {
    if (item.kind() == ConfigNode::Kind::scalar)
      read.push_back(item.text());
    else
      out_.add({item.place(), item.path(), fmt::format("expected a text, got {}", item.describe()), {}});
  }
  values = std::move(read);
}

void ConfigReader::operator()(std::string_view key, unsigned& value, unsigned least, unsigned most) {
  std::uint64_t wide = value;
  (*this)(key, wide, std::uint64_t{least}, std::uint64_t{most});
  value = static_cast<unsigned>(wide);
}

void ConfigReader::operator()(std::string_view key, std::uint64_t& value, std::uint64_t least,
                              std::uint64_t most) {
  const std::string expected = fmt::format("a whole number from {} to {}", least, most);
  const ConfigNode* node = scalar(key, expected);
  if (node == nullptr) return;
  const auto read = node->quoted() ? std::nullopt : to_number<std::uint64_t>(node->text());
  if (!read || *read < least || *read > most)
    return fault(key, fmt::format("expected {}, got {}", expected, node->describe()),
                 std::string(hint_for_quoted(*node)));
  value = *read;
}

void ConfigReader::operator()(std::string_view key, double& value, double least, double most) {
  const std::string expected = fmt::format("a number from {} to {}", least, most);
  const ConfigNode* node = scalar(key, expected);
  if (node == nullptr) return;
  const auto read = node->quoted() ? std::nullopt : to_number<double>(node->text());
  if (!read || !(*read >= least && *read <= most))  // NaN is in no range
    return fault(key, fmt::format("expected {}, got {}", expected, node->describe()),
                 std::string(hint_for_quoted(*node)));
  value = *read;
}

void ConfigReader::operator()(std::string_view key, Duration& value, Duration least, Duration most) {
  const ConfigNode* node = scalar(key, "a duration such as 30s");
  if (node == nullptr) return;
  const auto read = base::parse_duration(node->text());
  if (!read) {
    const bool number = base::scalar_type(node->text()) == ScalarType::integer;
    return fault(key, fmt::format("expected a duration such as 30s, got {}", node->describe()),
                 number ? "units: us ms s m h d w" : "");
  }
  if (*read < least || *read > most)
    return fault(key, fmt::format("expected a duration from {} to {}, got {}", base::format_duration(least),
                                  base::format_duration(most), node->text()));
  value = *read;
}

void ConfigReader::operator()(std::string_view key, Bytes& value, Bytes least, Bytes most) {
  const ConfigNode* node = scalar(key, "a size such as 512MiB");
  if (node == nullptr) return;
  const auto read = base::parse_bytes(node->text());
  if (!read)
    return fault(key, fmt::format("expected a size such as 512MiB, got {}", node->describe()),
                 "units: B KiB MiB GiB TiB, kB MB GB TB");
  if (*read < least || *read > most)
    return fault(key, fmt::format("expected a size from {} to {}, got {}", base::format_bytes(least.value),
                                  base::format_bytes(most.value), node->text()));
  value = *read;
}

void ConfigReader::operator()(std::string_view key, Rate& value) {
  const ConfigNode* node = scalar(key, "a rate such as 500/s");
  if (node == nullptr) return;
  const auto read = base::parse_rate(node->text());
  if (!read)
    return fault(key, fmt::format("expected a rate such as 500/s, got {}", node->describe()),
                 "units: /s /m /h");
  value = *read;
}

std::optional<std::size_t> ConfigReader::choice_index(std::string_view key,
                                                      const std::vector<std::string_view>& names) {
  const std::string expected =
      names.size() == 1 ? std::string(names[0]) : fmt::format("one of {}", fmt::join(names, ", "));
  const ConfigNode* node = scalar(key, expected);
  if (node == nullptr) return std::nullopt;
  const auto found = std::find(names.begin(), names.end(), node->text());
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  fault(key, fmt::format("expected {}, got {}", expected, node->describe()),
        did_you_mean(base::nearest_name(node->text(), names)));
  return std::nullopt;
}

void ConfigReader::secret(std::string_view key, std::optional<Secret>& value) {
  const std::string file_key = std::string(key) + "_file";
  const std::string env_key = std::string(key) + "_env";
  if (has(key)) {
    known_.emplace_back(key);  // only when present: it must not be offered as a known key
    fault(key, "a secret is never written into the configuration",
          fmt::format("put it into a file and name that with {}, or name an environment variable with {}",
                      file_key, env_key));
  }
  const ConfigNode* file = scalar(file_key, "the name of a file");
  const ConfigNode* env = scalar(env_key, "the name of an environment variable");
  if (file != nullptr && env != nullptr)
    return fault(env_key, fmt::format("given beside {}: one of the two is enough", file_key));
  if (file == nullptr && env == nullptr) return;
  const std::string& from = file != nullptr ? file_key : env_key;
  auto read = file != nullptr ? base::secret_from_file(file->text(), file->place())
                              : base::secret_from_environment(env->text());
  if (!read) return fault(from, read.error().message);
  if (!read->warning.empty()) {
    const Place& place = (file != nullptr ? file : env)->place();
    out_.add({place, base::child_path(node_.path(), from), read->warning, read->hint, true});
  }
  value = std::move(read->secret);
}

}  // namespace signalbox
