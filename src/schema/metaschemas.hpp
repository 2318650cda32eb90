#pragma once
#include <optional>
#include <string_view>

namespace signalbox::schema {

/// The text of a metaschema, or a part of one, of draft 7 or 2020-12; `uri` without fragment.
std::optional<std::string_view> find_metaschema(std::string_view uri);

}  // namespace signalbox::schema
