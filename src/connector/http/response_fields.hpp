#pragma once
#include <vector>

#include "base/header_field.hpp"
#include "http/response_parser.hpp"

namespace signalbox::connector::http {

/// The header fields of an answer, one by one; views into it.
std::vector<base::HeaderField> response_fields(const signalbox::http::ClientResponse& response);

}  // namespace signalbox::connector::http
