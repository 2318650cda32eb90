#pragma once
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace signalbox::conformance {

/// Where suite `name` is: in the folder SIGNALBOX_SUITES names, else in ../shared/suites beside the sources.
/// It need not exist; a test without its suite skips and says so.
inline std::filesystem::path suite(const std::string& name) {
  const char* folder = std::getenv("SIGNALBOX_SUITES");
  const auto suites = folder ? std::filesystem::path(folder)
                             : std::filesystem::path(SIGNALBOX_SOURCE_DIR) / "../shared/suites";
  return suites / name;
}

/// The bytes of a file.
inline std::string contents(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The files of a folder by name.
inline std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.is_regular_file()) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace signalbox::conformance
