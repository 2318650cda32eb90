#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace signalbox::event {

/// A media type expression (RFC 2046, grammar of RFC 9110 section 8.3.1), taken apart but not unescaped.
/// The views live as long as the text it was made from.
struct MediaType {
  std::string_view type;     ///< "application", as written
  std::string_view subtype;  ///< "vnd.x+json", as written
  std::string_view
      parameters;  ///< what follows the subtype, from its first ';' or white space on; well-formed

  /// Whether its data is JSON: `*/json` or `*/*+json` (JSON format 1.0.2 section 3.1.1).
  bool is_json() const;
  /// Whether its data is text to people and parsers alike: `text/*`, `application/xml`, `*/*+xml`.
  bool is_text() const;
  /// The charset parameter in lower case without quotes; "" when there is none.
  std::string charset() const;
};

/// nullopt when `text` is no media type: printable ASCII, "type/subtype" and parameters, so that it is safe
/// in a header.
std::optional<MediaType> parse_media_type(std::string_view text);

}  // namespace signalbox::event
