#include "config/load.hpp"

#include <fmt/format.h>
#include <glob.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <set>
#include <system_error>
#include <utility>
#include <vector>

#include "base/config_path.hpp"
#include "config/merge.hpp"
#include "config/overrides.hpp"
#include "config/yaml.hpp"

namespace signalbox::config {
namespace {

namespace fs = std::filesystem;

bool is_pattern(std::string_view name) { return name.find_first_of("*?[") != std::string_view::npos; }

/// A text that glob() takes literally.
std::string escaped(const std::string& text) {
  std::string out;
  for (char c : text) {
    if (c == '*' || c == '?' || c == '[' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

/// The files that match, in the order of their names; the error number when a folder cannot be read.
std::pair<std::vector<std::string>, int> expand(const std::string& pattern) {
  const auto on_error = [](const char*, int error) { return error == ENOENT || error == ENOTDIR ? 0 : 1; };
  glob_t found{};
  errno = 0;
  const int rc = ::glob(pattern.c_str(), GLOB_NOSORT, on_error, &found);
  const int error = rc == 0 || rc == GLOB_NOMATCH ? 0 : (errno != 0 ? errno : EIO);
  std::vector<std::string> names;
  if (error == 0 && rc == 0) names.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  ::globfree(&found);
  std::sort(names.begin(), names.end());
  return {std::move(names), error};
}

/// One name that stands for the file, however it was written.
std::string identity(const std::string& path) {
  std::error_code ec;
  const fs::path canonical = fs::weakly_canonical(path, ec);
  return ec ? path : canonical.string();
}

class Loader {
 public:
  Loader(Tree& tree, Diagnostics& out) : tree_(tree), out_(out) {}

  void read_file(const std::string& path, const ConfigNode* included_by, unsigned depth) {
    if (!seen_.insert(identity(path)).second) return tell(path, included_by, "is read already");
    if (seen_.size() > kMostFiles)
      return tell(path, included_by, fmt::format("is past the limit of {} files", kMostFiles));
    auto source = read_source(path);
    if (!source) {
      tree_.whole = false;
      out_.add(
          {{std::make_shared<const std::string>(path), 0, 0}, {}, source.error().message, from(included_by)});
      return;
    }
    auto root = parse_yaml(*source, budget_, out_);
    tree_.sources.emplace(path, std::move(source->text));
    if (!root) {
      tree_.whole = false;
      return;
    }
    take_root(path, *root, depth);
  }

  std::vector<ConfigNode> roots;

 private:
  static std::string from(const ConfigNode* included_by) {
    return included_by == nullptr ? "" : "included at " + included_by->place().to_string();
  }

  void tell(const std::string& path, const ConfigNode* included_by, const std::string& message) {
    tree_.whole = false;
    Place place = included_by == nullptr ? Place{} : included_by->place();
    out_.add({std::move(place), "include", base::in_quotes(path, 200) + " " + message, {}});
  }

  void take_root(const std::string& path, const ConfigNode& root, unsigned depth) {
    if (root.kind() == ConfigNode::Kind::null) return;
    if (root.kind() != ConfigNode::Kind::mapping) {
      tree_.whole = false;
      out_.add({root.place(), {}, fmt::format("expected a mapping, got {}", root.describe()), {}});
      return;
    }
    const ConfigNode* include = root.find("include");
    if (include == nullptr) {
      roots.push_back(root);
      return;
    }
    std::vector<ConfigNode::Member> members;
    for (const auto& member : root.members())
      if (member.key != "include") members.push_back(member);
    roots.push_back(ConfigNode::mapping(std::move(members), root.place(), root.path()));
    read_includes(path, *include, depth + 1);
  }

  void read_includes(const std::string& path, const ConfigNode& include, unsigned depth) {
    const bool one = include.kind() == ConfigNode::Kind::scalar;
    if (!one && include.kind() != ConfigNode::Kind::sequence) {
      out_.add({include.place(),
                include.path(),
                fmt::format("expected a list of files such as [rules.d/*.yaml], got {}", include.describe()),
                {}});
      return;
    }
    if (one) return read_include(path, include, depth);
    for (const auto& name : include.items()) read_include(path, name, depth);
  }

  void read_include(const std::string& path, const ConfigNode& name, unsigned depth) {
    if (name.kind() != ConfigNode::Kind::scalar || name.text().empty()) {
      out_.add({name.place(),
                name.path(),
                fmt::format("expected the name of a file, got {}", name.describe()),
                {}});
      return;
    }
    if (depth > kDeepestInclude) {
      tree_.whole = false;
      out_.add({name.place(),
                name.path(),
                fmt::format("files include files more than {} deep", kDeepestInclude),
                {}});
      return;
    }
    const fs::path folder = fs::path(path).parent_path();
    if (!is_pattern(name.text())) return read_file((folder / name.text()).string(), &name, depth);
    const bool absolute = fs::path(name.text()).is_absolute();
    const std::string prefix = absolute || folder.empty() ? "" : escaped(folder.string()) + "/";
    const auto [files, error] = expand(prefix + name.text());
    if (error != 0) {
      tree_.whole = false;
      out_.add({name.place(),
                name.path(),
                fmt::format("cannot look for {}: {}", base::in_quotes(name.text(), 200),
                            std::generic_category().message(error)),
                {}});
    }
    for (const auto& file : files) read_file(file, &name, depth);
  }

  Tree& tree_;
  Diagnostics& out_;
  TreeBudget budget_;
  std::set<std::string> seen_;
};

}  // namespace

Tree load(const std::string& path, std::span<const std::string> overrides, Diagnostics& out) {
  Tree tree;
  Loader loader(tree, out);
  loader.read_file(path, nullptr, 0);
  tree.root = merge(loader.roots, out);
  for (const auto& assignment : overrides) tree.root = with_override(tree.root, assignment, out);
  return tree;
}

}  // namespace signalbox::config
