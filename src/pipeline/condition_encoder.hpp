#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "pipeline/pattern_code.hpp"

namespace signalbox::pipeline {

/// Writes the lists of a pattern's fields as PatternCode reads them.
class ConditionEncoder {
 public:
  /// Appends records to `records` and what they compare with to `texts` and `extras`.
  ConditionEncoder(std::vector<std::byte>& records, std::string& texts, PatternExtras& extras,
                   PatternReading reading)
      : records_(records), texts_(texts), extras_(extras), reading_(reading) {}

  /// The offset of the TestCode.
  std::uint32_t test(const std::vector<Condition>& conditions, std::uint16_t number);

 private:
  struct Groups;
  void add(Groups& groups, const Condition& condition);
  ConditionCode encode(const Condition& condition);
  ConditionCode encode_text(ConditionOp op, std::string_view text);
  ConditionCode encode_number(double number) const;
  ConditionCode encode_address(const IpAddress& address);
  ConditionCode encode_network(const IpRange& network);
  ConditionCode encode_range(const NumericRange& range);
  ConditionCode encode_wildcard(std::string_view text);
  ConditionCode encode_ignore_case(const Condition& condition);
  ConditionCode encode_parts(ConditionOp op, const std::vector<Condition>& parts);
  std::uint32_t append_text(std::string_view bytes);

  std::vector<std::byte>& records_;
  std::string& texts_;
  PatternExtras& extras_;
  PatternReading reading_;
};

/// Appends a record and answers its offset.
template <class T>
std::uint32_t append_record(std::vector<std::byte>& records, const T& record) {
  const auto offset = static_cast<std::uint32_t>(records.size());
  const auto* bytes = reinterpret_cast<const std::byte*>(&record);
  records.insert(records.end(), bytes, bytes + sizeof record);
  return offset;
}

}  // namespace signalbox::pipeline
