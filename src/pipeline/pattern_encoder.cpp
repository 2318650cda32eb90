#include "pipeline/pattern_encoder.hpp"

#include <algorithm>
#include <map>

#include "pipeline/condition_encoder.hpp"

namespace signalbox::pipeline {
namespace {

class Encoder {
 public:
  explicit Encoder(PatternReading reading) : conditions_(records_, texts_, out_.extras, reading) {}

  EncodedPattern encode(const ExpandedPattern& pattern) {
    append_record(records_, header_);
    std::vector<NegationCode> negations;
    for (const auto& negation : pattern.negations)
      negations.push_back({ways(negation.ways), static_cast<std::uint32_t>(negation.ways.size())});
    header_.ways = ways(pattern.ways);
    header_.way_count = static_cast<std::uint32_t>(pattern.ways.size());
    header_.negations = append_all(negations);
    header_.scopes = append_all(pattern.scopes);
    header_.field_count = static_cast<std::uint16_t>(fields_.size());
    header_.test_count = static_cast<std::uint16_t>(tests_.size());
    header_.judges_again = pattern.ways.size() > 1 || !pattern.negations.empty();
    finish();
    return std::move(out_);
  }

 private:
  /// Where the conditions of a field are.
  struct Test {
    std::uint32_t offset;
    std::uint16_t field;
  };

  template <class T>
  std::uint32_t append_all(const std::vector<T>& list) {
    const auto offset = static_cast<std::uint32_t>(records_.size());
    for (const auto& element : list) append_record(records_, element);
    records_.resize((records_.size() + 3) & ~std::size_t{3});
    return offset;
  }

  std::uint32_t ways(const std::vector<PatternWay>& list) {
    std::vector<WayCode> codes;
    for (const auto& way : list) {
      std::vector<TermCode> terms;
      for (const auto& term : way.terms) {
        const auto test = test_of(*term.field);
        terms.push_back({test.field, term.scope, test.offset});
      }
      auto& code = codes.emplace_back();
      code.terms = append_all(terms);
      code.term_count = static_cast<std::uint16_t>(terms.size());
      code.negations = append_all(way.negations);
      code.negation_count = static_cast<std::uint16_t>(way.negations.size());
    }
    return append_all(codes);
  }

  Test test_of(const PatternNode& field) {
    const auto [path, new_path] = fields_.try_emplace(field.path, static_cast<std::uint16_t>(fields_.size()));
    if (new_path) append_path(field.path);
    const auto found = tests_.find(&field);
    if (found != tests_.end()) return found->second;
    const auto number = static_cast<std::uint16_t>(tests_.size());
    return tests_.emplace(&field, Test{conditions_.test(field.conditions, number), path->second})
        .first->second;
  }

  void append_path(std::string_view path) {
    const auto size = static_cast<std::uint32_t>(path.size());
    paths_.append(reinterpret_cast<const char*>(&size), sizeof size);
    paths_ += path;
  }

  /// Puts the texts and paths behind the records, and the header before them.
  void finish() {
    header_.texts = static_cast<std::uint32_t>(records_.size());
    header_.paths = static_cast<std::uint32_t>(records_.size() + texts_.size());
    const auto* header = reinterpret_cast<const std::byte*>(&header_);
    std::copy(header, header + sizeof header_, records_.begin());
    for (const auto* text : {&texts_, &paths_}) {
      const auto* bytes = reinterpret_cast<const std::byte*>(text->data());
      records_.insert(records_.end(), bytes, bytes + text->size());
    }
    out_.bytes = std::move(records_);
  }

  EncodedPattern out_;
  PatternHeader header_;
  std::vector<std::byte> records_;
  std::string texts_, paths_;
  ConditionEncoder conditions_;
  std::map<std::string_view, std::uint16_t> fields_;
  std::map<const PatternNode*, Test> tests_;
};

}  // namespace

EncodedPattern encode_pattern(const ExpandedPattern& pattern, PatternReading reading) {
  return Encoder(reading).encode(pattern);
}

}  // namespace signalbox::pipeline
