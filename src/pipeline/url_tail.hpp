#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pipeline/template.hpp"
#include "pipeline/template_variables.hpp"
#include "signalbox/error.hpp"

namespace signalbox::pipeline {

/// What an event adds to the path of a URL: `/customers/<who>/orders`.  A value fills a part of one segment,
/// whatever characters it has: it can neither end the segment nor the path, nor lead upwards.  Immutable,
/// thread-safe.
class PathTemplate {
 public:
  static constexpr std::size_t kBytesMax = 4096;  ///< of the template, and of what it renders to

  /// Errors: invalid_argument for what does not begin with '/', characters that no path has, segments "." and
  /// "..", and placeholders that name no variable; too_large.
  static Result<PathTemplate> parse(std::string_view text, TemplateVariables& variables);

  /// Percent-encoded.  Errors: invalid_argument when a value is missing, empty or no scalar, or makes a
  /// segment "." or
  /// "..": the request would be for something else; too_large.
  Result<std::string> render(const TemplateValues& values) const;

 private:
  struct Piece {
    std::string literal;   ///< as it is
    std::size_t slot = 0;  ///< of a placeholder, which comes behind the literal
    std::string name;      ///< its text; "": there is none
  };
  std::vector<Piece> pieces_;
};

/// What an event adds to the query of a URL: names and the values that they get.
class QueryTemplate {
 public:
  static constexpr std::size_t kBytesMax = 8192;  ///< of what it renders to
  static constexpr std::size_t kParametersMax = 50;

  /// `name` is any text but "".  Errors: as of Template; invalid_argument, too_large.
  Status add(std::string_view name, std::string_view text, TemplateVariables& variables);

  /// "a=b&c=d", percent-encoded; a parameter whose value comes out empty is left out.  Errors: as Template;
  /// too_large.
  Result<std::string> render(const TemplateValues& values) const;

 private:
  std::vector<std::pair<std::string, Template>> parameters_;
};

}  // namespace signalbox::pipeline
