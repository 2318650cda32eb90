#include "schema/format.hpp"

namespace signalbox::schema {

const Format* find_format(std::string_view) { return nullptr; }

}  // namespace signalbox::schema
