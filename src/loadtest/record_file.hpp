#pragma once
#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "signalbox/error.hpp"

namespace signalbox::loadtest {

/// Takes a line apart at its spaces.
class FieldReader {
 public:
  explicit FieldReader(std::string_view line) : rest_(line) {}

  /// The next field; "" (and failed()) when there is none.
  std::string_view text() {
    const auto end = std::min(rest_.find(' '), rest_.size());
    const auto field = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    failed_ = failed_ || field.empty();
    return field;
  }
  template <class Number>
  Number number(int base = 10) {
    Number value{};
    const auto field = text();
    const auto* end = field.data() + field.size();
    const auto [stopped, error] = std::from_chars(field.data(), end, value, base);
    failed_ = failed_ || error != std::errc() || stopped != end;
    return value;
  }
  /// A field was missing or no number, or something is left.
  bool failed() const { return failed_ || !rest_.empty(); }

 private:
  std::string_view rest_;
  bool failed_ = false;
};

/// Reads a file of one record a line with `parse` (line -> optional<Record>).  A last line without an end was
/// being written and is left out.  Errors: storage; corrupt.
template <class Record>
Result<std::vector<Record>> read_records(const std::string& path,
                                         std::optional<Record> (*parse)(std::string_view)) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error(Errc::storage, "reading " + path + ": cannot open it");
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  std::vector<Record> records;
  std::size_t at = 0;
  for (auto end = text.find('\n'); end != std::string::npos; at = end + 1, end = text.find('\n', at)) {
    auto record = parse(std::string_view(text).substr(at, end - at));
    if (!record) {
      return Error(Errc::corrupt, path + ":" + std::to_string(records.size() + 1) + ": not a record");
    }
    records.push_back(std::move(*record));
  }
  return records;
}

/// Opens a record file for writing, empty.
inline Result<std::FILE*> create_record_file(const std::string& path) {
  auto* file = std::fopen(path.c_str(), "we");
  if (file == nullptr)
    return Error(Errc::storage, "creating " + path + ": " + std::generic_category().message(errno));
  return file;
}

}  // namespace signalbox::loadtest
