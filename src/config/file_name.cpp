#include "config/file_name.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/config_path.hpp"
#include "base/units.hpp"
#include "config/report.hpp"

namespace signalbox::config {

std::string read_file_name(ConfigReader& read, std::string_view key) {
  const ConfigNode* node = read.take(key);
  if (node == nullptr) return {};
  if (node->kind() != ConfigNode::Kind::scalar) {
    read.fault(key, fmt::format("expected the name of a file, got {}", node->describe()));
    return {};
  }
  const auto& name = node->text();
  if (name.empty()) {
    read.fault(key, "expected the name of a file, got an empty text");
    return {};
  }
  const auto& file = node->place().file;
  const std::filesystem::path path =
      file ? std::filesystem::path(*file).parent_path() / name : std::filesystem::path(name);
  std::error_code ec;
  if (std::filesystem::status(path, ec).type() == std::filesystem::file_type::not_found) {
    read.fault(key, fmt::format("there is no file {}", base::in_quotes(path.string(), 200)));
    return {};
  }
  return path.string();
}

std::string read_file_content(ConfigReader& read, std::string_view key, std::size_t most) {
  const auto path = read_file_name(read, key);
  if (path.empty()) return {};
  std::ifstream file(path, std::ios::binary);
  std::string content(most + 1, '\0');
  file.read(content.data(), static_cast<std::streamsize>(content.size()));
  if (!file && !file.eof()) {
    read.fault(key, fmt::format("{} cannot be read", base::in_quotes(path, 200)));
    return {};
  }
  content.resize(static_cast<std::size_t>(file.gcount()));
  if (content.size() > most) {
    read.fault(key, fmt::format("{} has more than {}", base::in_quotes(path, 200), base::format_bytes(most)));
    return {};
  }
  if (content.empty()) read.fault(key, fmt::format("{} is empty", base::in_quotes(path, 200)));
  return content;
}

}  // namespace signalbox::config
