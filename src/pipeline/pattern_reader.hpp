#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "pipeline/json_reader.hpp"
#include "pipeline/pattern.hpp"

namespace signalbox::pipeline {

/// Whether `$or` means anything.  event-ruler reads a pattern that it cannot understand once more, with an
/// older parser to which `$or` is a field like any other and which knows fewer operators.
enum class OrMeans : std::uint8_t { alternatives, field_name };

/// The tokens of a pattern's text, where in it the reading is, and the first thing that was wrong.
/// Functions that read answer false when something is wrong.  Thread-safety: none.
class PatternReader {
 public:
  PatternReader(std::string_view text, PatternReading reading, OrMeans or_means)
      : reader_(text, kPatternDepthMax), reading_(reading), or_means_(or_means) {}

  bool strict() const { return reading_ == PatternReading::strict; }
  bool old() const { return or_means_ == OrMeans::field_name; }

  /// Reads the next token.
  JsonToken next();
  /// The last one, and its text.
  JsonToken token() const { return token_; }
  std::string_view text() const { return reader_.text(); }

  /// The JSON Pointer of the value being read.
  const std::string& pointer() const { return pointer_; }

  /// Notes that the value being read is wrong, unless something was before.  Always false.
  bool refuse(std::string why);
  /// The same of an operator whose name is none of `known`; the value being read is its argument.
  bool refuse_unknown(std::string_view name, std::span<const std::string_view> known);
  const std::string& fault() const { return fault_; }

  /// While it lives, the value being read is the member or element of that name.
  class Within {
   public:
    Within(PatternReader& reader, std::string_view name);
    ~Within() { reader_.pointer_.resize(size_); }
    Within(const Within&) = delete;
    Within& operator=(const Within&) = delete;

   private:
    PatternReader& reader_;
    std::size_t size_;
  };

 private:
  JsonReader reader_;
  PatternReading reading_;
  OrMeans or_means_;
  JsonToken token_ = JsonToken::fault;
  std::string pointer_;
  std::string fault_;
};

}  // namespace signalbox::pipeline
