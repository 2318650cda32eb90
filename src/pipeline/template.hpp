#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/template_variables.hpp"
#include "signalbox/config_node.hpp"
#include "signalbox/error.hpp"

namespace signalbox::pipeline {

/// Text with placeholders `<name>`: compiled once, rendered per event.  Immutable and thread-safe.
///
/// A JSON template always renders to valid JSON: with its placeholders filled by any value it is checked when
/// parsed, values outside quotes go in as JSON values, values inside quotes are escaped.
class Template {
 public:
  enum class Format : std::uint8_t {
    json,
    text,
    quoted_lines,  ///< text, each of whose lines is a JSON string and stays one: EventBridge's way to write
                   ///< several
  };

  static constexpr std::size_t kTextBytesMax = 64 << 10;
  static constexpr std::size_t kResultBytesMax = 1 << 20;
  static constexpr unsigned kDepthMax = 64;

  /// What a template's text is when nobody says: quoted lines when it is several; JSON when it begins as an
  /// object, an array or a string does, or is nothing but one placeholder; text otherwise.
  static Format format_of(std::string_view text);

  /// `\<` stands for the character itself.  Placeholders that name no variable are faults; `<` that begins no
  /// placeholder is an ordinary character.
  /// Errors: invalid_argument, too_large.
  static Result<Template> parse(std::string_view text, Format format, TemplateVariables& variables);

  /// A text template that is nothing but one placeholder.
  static Template placeholder(std::size_t slot);

  /// A mapping or sequence, as a JSON template: a plain scalar that is one placeholder stands for the value
  /// itself, other strings are filled in as strings.
  static std::string text_of(const ConfigNode& node);

  Format format() const { return format_; }
  /// No placeholder: every rendering is the same.
  bool is_literal() const;
  /// The slot when the template is nothing but one placeholder, outside quotes.
  std::optional<std::size_t> lone_slot() const;

  /// `values` are of the variables that parse() was given.
  /// Errors: too_large (kResultBytesMax, kDepthMax), invalid_argument for a string that is no Unicode text.
  Result<std::string> render(const TemplateValues& values) const;

 private:
  struct Piece {
    enum class Kind : std::uint8_t { literal, json_value, in_json_string, text };
    Kind kind = Kind::literal;
    unsigned depth = 0;    ///< of json_value: objects and arrays around it
    std::size_t slot = 0;  ///< of all but literal
    std::string literal;
  };
  class Parser;

  Format format_ = Format::text;
  std::vector<Piece> pieces_;
};

}  // namespace signalbox::pipeline
