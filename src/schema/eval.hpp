#pragma once
#include <string>
#include <string_view>

namespace signalbox::schema {

/// `signalbox eval schema`: one case in, one verdict out, each a line of JSON without its newline.  Pure.
///
/// `{"schema":{...},"data":...}`, with `"draft":"7"` or `"2020-12"` for a schema without `$schema` and
/// `"format":"check"` to have formats checked.  Answers `{"valid":true}` or
/// `{"valid":false,"errors":[{"pointer":"/a","keyword":"/properties/a/type","message":"..."}]}`; a line or
/// schema that is at fault answers `{"error":"..."}`.
std::string eval_schema(std::string_view line);

}  // namespace signalbox::schema
