#pragma once
#include <string_view>

// The formats of JSON Schema (2020-12, validation section 7.3), each a function of a text that is UTF-8.
namespace signalbox::schema {

// RFC 3339.
bool is_date(std::string_view text);
bool is_time(std::string_view text);  ///< a leap second only where UTC has them, at 23:59
bool is_date_time(std::string_view text);
bool is_duration(std::string_view text);

bool is_hostname(std::string_view text);   ///< RFC 1123; labels in Punycode are not decoded
bool is_email(std::string_view text);      ///< RFC 5321, mailbox
bool is_idn_email(std::string_view text);  ///< RFC 6531
bool is_ipv4(std::string_view text);
bool is_ipv6(std::string_view text);

bool is_iri(std::string_view text);  ///< RFC 3987
bool is_iri_reference(std::string_view text);
bool is_uri_template(std::string_view text);  ///< RFC 6570

bool is_uuid(std::string_view text);
bool is_json_pointer(std::string_view text);
bool is_relative_json_pointer(std::string_view text);
bool is_regex(
    std::string_view text);  ///< ECMA-262; what cannot be used as a pattern here is one all the same

}  // namespace signalbox::schema
