#pragma once
#include <cstddef>
#include <vector>

#include "pipeline/pattern_reader.hpp"

namespace signalbox::pipeline {

/// Reads the lists of a pattern's fields.  Thread-safety: none.
class ConditionParser {
 public:
  explicit ConditionParser(PatternReader& reader) : reader_(reader) {}

  /// A list whose bracket was just read.
  bool list(std::vector<Condition>& into);

 private:
  bool entry(Condition& into);
  bool operators(Condition& into);
  bool check_together(const std::vector<Condition>& parts, const std::vector<std::string>& names);
  bool argument(std::string_view name, Condition& into);
  bool set(Condition& into, Condition::Op op);
  bool text_argument(Condition& into, Condition::Op op);
  bool text_or_ignore_case(Condition& into, Condition::Op plain, Condition::Op ignore_case);
  bool existence(Condition& into);
  bool check_text(Condition& condition);
  bool check_network(Condition& condition);
  bool check_regex(Condition& condition);
  void add(std::vector<Condition>& into, Condition condition) const;

  bool anything_but(Condition& into);
  bool excluded_value(Condition& into);
  bool excluded_values(Condition& into);
  bool excluded_operator(Condition& into);
  bool excluded_texts(std::string_view name, Condition& into);
  bool excluded_text(Condition::Op op, Condition& into);

  PatternReader& reader_;
  std::size_t regexes_ = 0;
};

}  // namespace signalbox::pipeline
