#include "pipeline/field_path.hpp"

#include "pipeline/utf8.hpp"

namespace signalbox::pipeline {
namespace {

constexpr char kEscape = '\x01';

}  // namespace

std::string to_path_name(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c == '.' || c == kEscape) out += kEscape;
    out += c;
  }
  return out;
}

std::string to_path_names(std::string_view dotted) {
  std::string out;
  for (const char c : dotted) {
    if (c == kEscape) out += kEscape;
    out += c;
  }
  return out;
}

std::vector<std::string> field_path_names(std::string_view path) {
  std::vector<std::string> names(1);
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] == '.')
      names.emplace_back();
    else if (path[i] == kEscape && i + 1 < path.size())
      names.back() += path[++i];
    else
      names.back() += path[i];
  }
  return names;
}

std::size_t count_path_names(std::string_view path) {
  std::size_t count = 1;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] == kEscape)
      ++i;
    else if (path[i] == '.')
      ++count;
  }
  return count;
}

int compare_paths(std::string_view a, std::string_view b) {
  if (a.find(kEscape) == std::string_view::npos && b.find(kEscape) == std::string_view::npos)
    return compare_utf16(a, b);
  const auto joined = [](std::string_view path) {
    std::string out;
    for (std::size_t i = 0; i < path.size(); ++i)
      out += path[i] == kEscape && i + 1 < path.size() ? path[++i] : path[i];
    return out;
  };
  const auto order = compare_utf16(joined(a), joined(b));
  return order != 0 ? order : compare_utf16(a, b);
}

std::string to_readable_path(std::string_view path) {
  std::string out;
  bool first = true;
  for (const auto& name : field_path_names(path)) {
    if (!first) out += '.';
    first = false;
    const bool dotted = name.find('.') != std::string::npos;
    out += dotted ? "['" + name + "']" : name;
  }
  return out;
}

}  // namespace signalbox::pipeline
