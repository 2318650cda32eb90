#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "event/codec.hpp"
#include "event/media_type.hpp"
#include "signalbox/event.hpp"

namespace signalbox::event {

/// The attributes that CloudEvents 1.0.2 section 3 defines, in the order of a record; the first four are
/// required.
inline constexpr std::array<std::string_view, 8> kCoreAttributes{
    "specversion", "id", "source", "type", "datacontenttype", "dataschema", "subject", "time"};
inline constexpr std::size_t kRequiredAttributes = 4;

/// The position in kCoreAttributes; nullopt for an extension's name.
std::optional<std::size_t> core_attribute(std::string_view name);

/// What is wrong with an attribute's name, "" when nothing is: lower-case letters and digits (section 3.1),
/// at most 255, and not "data", which is none.
std::string_view name_fault(std::string_view name);

/// What is wrong with an attribute's value, "" when nothing is (`core` is core_attribute() of its name): the
/// String type's characters (section 3.1), the canonical forms of Boolean and Integer, and the rules of the
/// core attribute of that name (section 3): specversion 1.0, nothing empty, source a URI-reference,
/// dataschema a URI, time by RFC 3339, datacontenttype by RFC 2046.
std::string value_fault(const Attribute& attribute, std::optional<std::size_t> core);

/// Whether data of that media type can be handed on as the UTF-8 text `text`: its charset parameter is absent
/// or UTF-8, or names an ASCII-like charset and the text is ASCII.
bool charset_allows(const MediaType& media_type, std::string_view text);

/// What is wrong with an event that did not come from decode(), such as a transformed one: everything that
/// decode() would refuse.  `where` is the attribute, or a JSON Pointer "/data...".  Empty when it is valid.
/// Thread-safe.
std::vector<Fault> validate(const Event& event, const Limits& limits);

}  // namespace signalbox::event
