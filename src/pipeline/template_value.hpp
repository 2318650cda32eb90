#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace signalbox::pipeline {

/// What a template's variable stands for in one event.  A view: the bytes belong to somebody else.
struct TemplateValue {
  enum class Kind : std::uint8_t {
    missing,  ///< the event has nothing there
    json,     ///< `bytes` are one JSON value as the sender wrote it, without white space around
    string,   ///< `bytes` are a string's characters, UTF-8, not escaped
  };
  Kind kind = Kind::missing;
  std::string_view bytes;

  bool is_container() const {
    return kind == Kind::json && !bytes.empty() && (bytes[0] == '{' || bytes[0] == '[');
  }
};

/// As a JSON value; a missing one as "".
void append_as_json(std::string& out, const TemplateValue& value);
/// As characters of a JSON string that is already open: strings without their quotes, everything escaped that
/// has to be, a missing one as nothing, objects and arrays as their JSON text.
void append_inside_json_string(std::string& out, const TemplateValue& value);
/// As plain text: strings unescaped, a missing one as nothing, all else as its JSON text.  False, and `out`
/// left as it was, for a string that is no Unicode text (the escape of an unpaired surrogate).
[[nodiscard]] bool append_as_text(std::string& out, const TemplateValue& value);

/// How deep objects and arrays nest in a valid JSON text: 0 for a scalar.
std::size_t json_depth(std::string_view json);

}  // namespace signalbox::pipeline
