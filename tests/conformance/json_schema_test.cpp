// links: signalbox_schema
// JSON Schema as its test suite (JSON-Schema-Test-Suite) has it, with the suite's remote documents served
// from memory.
#include <gtest/gtest.h>

#include <iostream>
#include <map>
#include <string>
#include <utility>

#include "schema/json_tape.hpp"
#include "schema/schema.hpp"
#include "suite_files.hpp"

namespace signalbox::schema {
namespace {

namespace fs = std::filesystem;

struct Count {
  int passed = 0, failed = 0;
};

using Remotes = std::map<std::string, std::string, std::less<>>;

Remotes read_remotes(const fs::path& folder) {
  Remotes remotes;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file())
      remotes.emplace("http://localhost:1234/" + fs::relative(entry.path(), folder).generic_string(),
                      conformance::contents(entry.path()));
  return remotes;
}

class JsonSchema : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(folder_)) GTEST_SKIP() << "no suite at " << folder_;
    remotes_ = read_remotes(folder_ / "remotes");
  }

  CompileOptions options(Draft draft, FormatUse format) const {
    CompileOptions out;
    out.draft = draft;
    out.format = format;
    out.resolve = [this](std::string_view uri) -> std::optional<std::string> {
      const auto found = remotes_.find(uri);
      if (found == remotes_.end()) return std::nullopt;
      return found->second;
    };
    return out;
  }

  /// Runs a file's cases; `report` is told of each that does not come out as the file has it.
  template <class Report>
  static Count run_file(const fs::path& file, const CompileOptions& options, Report&& report) {
    Count count;
    const auto text = conformance::contents(file);
    JsonTape tape;
    EXPECT_TRUE(tape.read(text, 100)) << file;
    for (TapeIndex group = 1; group < tape.next(0); group = tape.next(group)) {
      const std::string name(tape.text_of(tape.member(group, "description")));
      const auto schema = Schema::compile(tape.json_of(tape.member(group, "schema")), options);
      const auto tests = tape.member(group, "tests");
      for (auto test = tests + 1; test < tape.next(tests); test = tape.next(test)) {
        const auto data = tape.json_of(tape.member(test, "data"));
        const bool expected = tape[tape.member(test, "valid")].kind == JsonKind::true_value;
        const auto faults = schema ? (*schema)->validate(data) : std::vector<SchemaFault>();
        if (schema && faults.empty() == expected && (*schema)->valid(data) == expected) {
          ++count.passed;
          continue;
        }
        ++count.failed;
        auto what = file.filename().string() + ": " + name + ": " +
                    std::string(tape.text_of(tape.member(test, "description")));
        if (!schema) what += ": " + schema.error().message;
        for (const auto& fault : faults)
          what += "\n    " + fault.pointer + " " + fault.keyword + " " + fault.message;
        report(what);
      }
    }
    return count;
  }

  Count run_required(const std::string& draft, const CompileOptions& options) const {
    Count total;
    for (const auto& file : conformance::files_in(folder_ / draft))
      add(total, run_file(file, options, [](const std::string& what) { ADD_FAILURE() << what; }));
    return total;
  }

  static void add(Count& total, Count more) {
    total.passed += more.passed;
    total.failed += more.failed;
  }

  static void print(const char* what, Count count) {
    std::cout << what << ": " << count.passed << " passed, " << count.failed << " failed\n";
  }

  const fs::path folder_ = conformance::suite("json-schema");
  Remotes remotes_;
};

TEST_F(JsonSchema, draft_7_is_passed) {
  const auto count = run_required("draft7", options(Draft::v7, FormatUse::annotate));
  print("draft 7, required", count);
  EXPECT_GT(count.passed, 900);
}

TEST_F(JsonSchema, draft_2020_12_is_passed) {
  const auto count = run_required("draft2020-12", options(Draft::v2020_12, FormatUse::annotate));
  print("draft 2020-12, required", count);
  EXPECT_GT(count.passed, 1250);
}

/// What is passed of the optional cases, at least.  What is not: international host names, the checking of
/// `content…`, draft 2019-09.
TEST_F(JsonSchema, optional_cases_are_passed_as_far_as_documented) {
  const struct {
    const char* folder;
    Draft draft;
    FormatUse format;
    int least;
  } rows[] = {
      {"draft7/optional", Draft::v7, FormatUse::annotate, 112},
      {"draft7/optional/format", Draft::v7, FormatUse::check, 599},
      {"draft2020-12/optional", Draft::v2020_12, FormatUse::annotate, 161},
      {"draft2020-12/optional/format", Draft::v2020_12, FormatUse::check, 687},
  };
  for (const auto& row : rows) {
    Count total;
    for (const auto& file : conformance::files_in(folder_ / row.folder)) {
      const auto count = run_file(file, options(row.draft, row.format), [](const std::string&) {});
      if (count.failed > 0) print(file.filename().c_str(), count);
      add(total, count);
    }
    print(row.folder, total);
    EXPECT_GE(total.passed, row.least) << row.folder;
  }
}

}  // namespace
}  // namespace signalbox::schema
