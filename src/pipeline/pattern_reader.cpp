#include "pipeline/pattern_reader.hpp"

#include "base/config_path.hpp"
#include "event/json_pointer.hpp"

#include "base/nearest_name.hpp"

namespace signalbox::pipeline {

PatternReader::Within::Within(PatternReader& reader, std::string_view name)
    : reader_(reader), size_(reader.pointer_.size()) {
  event::append_pointer_token(reader_.pointer_, name);
}

JsonToken PatternReader::next() {
  token_ = reader_.next();
  if (token_ == JsonToken::fault) refuse("not valid JSON " + reader_.message());
  return token_;
}

bool PatternReader::refuse(std::string why) {
  if (fault_.empty()) fault_ = pointer_.empty() ? std::move(why) : pointer_ + ": " + why;
  return false;
}

bool PatternReader::refuse_unknown(std::string_view name, std::span<const std::string_view> known) {
  // The place is the object that holds the operator.
  auto fault = pointer_.substr(0, pointer_.rfind('/')) + ": unknown operator " + base::in_quotes(name);
  const auto nearest = base::nearest_name(name, known);
  if (!nearest.empty()) fault += "; did you mean " + base::in_quotes(nearest) + "?";
  if (fault_.empty()) fault_ = std::move(fault);
  return false;
}

}  // namespace signalbox::pipeline
