#pragma once
#include <string_view>

namespace signalbox::event {

/// Whether `text` is a URI-reference by the grammar of RFC 3986 (section 4.1): "/sensors/7", "urn:x:y",
/// "https://host/p?q#f".  Purely syntactic; the empty text is one.
bool is_uri_reference(std::string_view text);

/// Whether `text` is a URI with a scheme (RFC 3986 section 3).  CloudEvents 1.0.2 asks for an absolute URI,
/// which would exclude a fragment; its JSON Schema lets it pass ("format": "uri") and so does this, since
/// schemas are commonly named by one.
bool is_uri(std::string_view text);

}  // namespace signalbox::event
