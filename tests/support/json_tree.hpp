#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::test {

/// A JSON value with all that filters look at: members in the order of the text, twice where they stand
/// twice, numbers as they are written.
struct JsonTree {
  enum class Kind : std::uint8_t { null, yes, no, number, string, array, object };
  struct Member;

  Kind kind = Kind::null;
  std::string text;             ///< of a string: unescaped; of a number: as written
  std::vector<JsonTree> items;  ///< of an array
  std::vector<Member> members;  ///< of an object

  bool is_scalar() const { return kind < Kind::array; }
  /// The first member of that name, or null.
  JsonTree* find(std::string_view name);
};

struct JsonTree::Member {
  std::string name;
  JsonTree value;
};

/// Throws std::invalid_argument when `text` is no JSON.
JsonTree parse_json_tree(std::string_view text);

JsonTree json_string(std::string text);
JsonTree json_number(std::string text);

/// A string with its quotation marks and no more escapes than needed.
std::string to_json_string(std::string_view text);
std::string to_json(const JsonTree& tree);

}  // namespace signalbox::test
