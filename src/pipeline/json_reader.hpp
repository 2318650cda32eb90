#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::pipeline {

/// What a JsonReader found next.
enum class JsonToken : std::uint8_t {
  object,
  object_end,
  array,
  array_end,
  name,  ///< of a member; its value comes next
  string,
  number,
  true_value,
  false_value,
  null_value,
  end,    ///< the one value is over, and nothing but white space followed it
  fault,  ///< see message(); comes again and again
};

constexpr bool is_scalar(JsonToken token) {
  return token >= JsonToken::string && token <= JsonToken::null_value;
}

/// Reads a JSON text token by token, strictly by RFC 8259, in order and with duplicates: for filters, where
/// the order of members, the notation of numbers and names given twice have a meaning.
///
/// No recursion; nesting is bounded.  Unpaired surrogates in escapes are kept (see event::append_code_point()).  The text
/// is valid UTF-8 and outlives the reader.  Thread-safety: none.
class JsonReader {
 public:
  /// `depth_max`: arrays and objects within each other.
  JsonReader(std::string_view text, std::size_t depth_max) : text_(text), depth_max_(depth_max) {}

  JsonToken next();
  /// Skips the rest of the array or object just begun.  False at a fault.
  bool skip_container();

  /// Of the last name or string, unescaped; of the last number, true, false or null, as written.  Valid until
  /// next().
  std::string_view text() const { return token_text_; }
  /// Where the last token begins and ends.
  std::size_t begin() const { return begin_; }
  std::size_t end() const { return at_; }
  /// What was wrong, once next() gave `fault`: "at byte 7: a comma or ']' was expected".
  std::string message() const;

 private:
  enum class Expect : std::uint8_t { value, value_or_end, name, name_or_end, comma_or_end, nothing };

  JsonToken fail(const char* message);
  JsonToken finish(JsonToken token);
  JsonToken read_value();
  JsonToken read_name();
  JsonToken open(bool object);
  JsonToken close(char bracket);
  bool read_string();
  bool read_escape(std::string& out);
  bool read_hex(std::uint32_t& unit);
  bool read_number();
  bool read_word(std::string_view word);
  void skip_space();
  bool more() const { return at_ < text_.size(); }

  std::string_view text_;
  std::size_t depth_max_;
  std::size_t at_ = 0, begin_ = 0;
  Expect expect_ = Expect::value;
  std::vector<bool> is_object_;  // of each open container, outermost first
  std::string_view token_text_;
  std::string unescaped_;
  const char* message_ = nullptr;
  std::size_t fault_at_ = 0;
};

}  // namespace signalbox::pipeline
