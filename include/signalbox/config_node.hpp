#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "signalbox/clock.hpp"
#include "signalbox/secret.hpp"

namespace signalbox {

/// A spot in a configuration file; line and column count from 1, 0 when unknown.
struct Place {
  std::shared_ptr<const std::string> file;
  unsigned line = 0;
  unsigned column = 0;
  std::string to_string() const;  ///< "signalbox.yaml:6:22"
};

/// One thing wrong with a configuration.
struct Fault {
  Place place;
  std::string path;     ///< "tenants.acme.channels.orders.retain", "" when unknown
  std::string message;  ///< what was expected and what was found
  std::string hint;     ///< what may help, such as the nearest known name; "" when there is none
  bool warning = false;  ///< worth telling, but the configuration can be used
};

/// Collects faults, so that all are reported and not only the first.
class Diagnostics {
 public:
  void add(Fault fault) {
    if (!fault.warning) ++errors_;
    faults_.push_back(std::move(fault));
  }
  /// Whether the configuration can be used: warnings do not count.
  bool clean() const { return errors_ == 0; }
  const std::vector<Fault>& faults() const { return faults_; }

 private:
  std::vector<Fault> faults_;
  std::size_t errors_ = 0;
};

/// A value of a configuration file that knows where it stands.  A value type; copies are deep.
class ConfigNode {
 public:
  enum class Kind : std::uint8_t { null, scalar, sequence, mapping };
  struct Member;

  ConfigNode() = default;

  Kind kind() const { return kind_; }
  const Place& place() const { return place_; }
  const std::string& path() const { return path_; }

  /// Of a scalar: its text, and whether it was quoted (and so is a string whatever it looks like).
  const std::string& text() const { return text_; }
  bool quoted() const { return quoted_; }

  /// Of a sequence; empty otherwise.
  const std::vector<ConfigNode>& items() const { return items_; }
  /// Of a mapping, in the order of the file; empty otherwise.
  const std::vector<Member>& members() const;
  const ConfigNode* find(std::string_view key) const;

  /// The node as JSON text: plain scalars by YAML 1.2's core schema (null, true, 12, 1.5), quoted ones as strings.
  /// Numbers keep their notation where JSON allows it; `.inf` and `.nan`, which it does not know, become strings.
  std::string to_json() const;

  /// `a mapping`, `a list`, `nothing`, `12`, `"lots"`, `the text "12"` (quoted): for messages.  Cut short, printable.
  std::string describe() const;

  // For the reader of files and for tests.
  static ConfigNode scalar(std::string text, bool quoted, Place place, std::string path);
  static ConfigNode null(Place place, std::string path);
  static ConfigNode sequence(std::vector<ConfigNode> items, Place place, std::string path);
  static ConfigNode mapping(std::vector<Member> members, Place place, std::string path);

 private:
  Kind kind_ = Kind::null;
  bool quoted_ = false;
  Place place_;
  std::string path_;
  std::string text_;
  std::vector<ConfigNode> items_;
  std::shared_ptr<const std::vector<Member>> members_;
};

struct ConfigNode::Member {
  std::string key;
  Place key_place;
  ConfigNode value;
};

/// Events or bytes per second; `per_second` is 0 for "no limit".
struct Rate {
  double per_second = 0;
  bool operator==(const Rate&) const = default;
};

/// A number of bytes.
struct Bytes {
  std::uint64_t value = 0;
  auto operator<=>(const Bytes&) const = default;
};

/// Reads one mapping into a struct, key by key; the struct's own values are the defaults, so an absent key changes
/// nothing.  Each fault goes to the Diagnostics with its place; reading goes on.
///
///     ConfigReader read(node, out);
///     read("attempts", settings.attempts, 1u, 100'000u);
///     read("initial", settings.initial, 1ms, 24h);
///     read.done();                                  // what is left is an unknown key
class ConfigReader {
 public:
  /// `node` outlives the reader.  A node that is no mapping is a fault (a null node counts as empty).
  ConfigReader(const ConfigNode& node, Diagnostics& out);

  void operator()(std::string_view key, bool& value);
  void operator()(std::string_view key, std::string& value);
  /// A list of texts, or one text alone.
  void operator()(std::string_view key, std::vector<std::string>& values);
  void operator()(std::string_view key, unsigned& value, unsigned least, unsigned most);
  void operator()(std::string_view key, std::uint64_t& value, std::uint64_t least, std::uint64_t most);
  void operator()(std::string_view key, double& value, double least, double most);
  void operator()(std::string_view key, Duration& value, Duration least, Duration most);
  void operator()(std::string_view key, Bytes& value, Bytes least, Bytes most);
  void operator()(std::string_view key, Rate& value);

  /// One of `names`; `value` becomes the enumerator beside it.
  template <class Enum>
  void choice(std::string_view key, Enum& value, std::span<const std::pair<std::string_view, Enum>> names) {
    std::vector<std::string_view> texts;
    for (const auto& name : names) texts.push_back(name.first);
    if (auto index = choice_index(key, texts)) value = names[*index].second;
  }

  /// A secret from `<key>_file` or `<key>_env` (DESIGN: never inline; `<key>` itself is a fault with a hint).
  /// A relative file is looked up beside the configuration file, then in $CREDENTIALS_DIRECTORY.  Trailing newlines
  /// are cut.  Leaves `value` unset when neither key is there.  A file that everybody may read is a warning.
  void secret(std::string_view key, std::optional<Secret>& value);

  /// The node under `key`, for the caller to read; nullptr when absent.  Marks the key as known.
  const ConfigNode* take(std::string_view key);
  /// Like take(), and a fault when it is absent.
  const ConfigNode* require(std::string_view key);

  /// Reports a fault at `key`'s value (or at the mapping when the key is absent).
  void fault(std::string_view key, std::string message, std::string hint = {});

  bool has(std::string_view key) const;

  /// Reports every key that was never asked for; the hint is the nearest known name, or all of them.
  void done();

 private:
  std::optional<std::size_t> choice_index(std::string_view key, const std::vector<std::string_view>& names);
  const ConfigNode* scalar(std::string_view key, std::string_view expected);

  const ConfigNode& node_;
  Diagnostics& out_;
  std::vector<std::string> known_;
  bool usable_ = true;
};

}  // namespace signalbox
