// Runs a fuzz target without libFuzzer:
//
//     fuzz_x [--seed N] [--mutations N] [--seconds S] [--last FILE] FILE|FOLDER...
//
// Replays every file, then mutations of them in an order that the seed fixes, until there were so many or the
// time is over.  Each input is written to the file of --last before it is run: after a crash it holds the one
// that did it, and `fuzz_x --mutations 0 FILE` runs it again.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr std::size_t kInputMax = 1 << 16;

struct Options {
  unsigned seed = 1;
  std::size_t mutations = 20000;
  double seconds = 1;
  std::string last;
  std::vector<std::string> paths;
};

Options read_options(int count, char** arguments) {
  Options options;
  for (int i = 1; i < count; ++i) {
    const std::string_view argument(arguments[i]);
    const bool has_value = i + 1 < count;
    if (argument == "--seed" && has_value)
      options.seed = static_cast<unsigned>(std::stoul(arguments[++i]));
    else if (argument == "--mutations" && has_value)
      options.mutations = std::stoul(arguments[++i]);
    else if (argument == "--seconds" && has_value)
      options.seconds = std::stod(arguments[++i]);
    else if (argument == "--last" && has_value)
      options.last = arguments[++i];
    else
      options.paths.emplace_back(argument);
  }
  return options;
}

std::vector<std::string> read_inputs(const std::vector<std::string>& paths) {
  namespace fs = std::filesystem;
  std::vector<fs::path> files;
  for (const fs::path path : paths) {
    if (!fs::is_directory(path))
      files.push_back(path);
    else
      for (const auto& entry : fs::recursive_directory_iterator(path))
        if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::vector<std::string> inputs;
  for (const auto& file : files) {
    std::ifstream in(file, std::ios::binary);
    if (!in) {
      std::fprintf(stderr, "cannot read %s\n", file.c_str());
      std::exit(2);
    }
    inputs.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  return inputs;
}

/// Changes an input in one to four places.
class Mutator {
 public:
  Mutator(unsigned seed, const std::vector<std::string>& seeds) : random_(seed), seeds_(seeds) {}

  std::string next() {
    auto input = seeds_[below(seeds_.size())];
    for (auto changes = 1 + below(4); changes > 0; --changes) change(input);
    input.resize(std::min(input.size(), kInputMax));
    return input;
  }

 private:
  // Not uniform_int_distribution: its results differ between libraries, a seed's run must not.
  std::size_t below(std::size_t bound) { return bound == 0 ? 0 : random_() % bound; }

  void change(std::string& input) {
    constexpr std::string_view telling[] = {
        "\"",           "\\",     "{",    "}",        "[",    "]",  ",", ":", "%",          "\\u0000",
        "\\ud800",      "%C0%A0", "\xff", "\xC2\x80", "\r\n", "\n", "0", "-", "9999999999", "null",
        "\xEF\xBB\xBF", " ",      ";",    "$",        "*"};
    const auto at = below(input.size() + 1);
    const auto size = std::min(below(16) + 1, input.size() - at);
    switch (below(6)) {
      case 0:
        if (at < input.size()) input[at] = static_cast<char>(random_());
        break;
      case 1:
        if (at < input.size()) input[at] = static_cast<char>(input[at] ^ (1 << below(8)));
        break;
      case 2:
        input.erase(at, size);
        break;
      case 3:
        input.insert(at, input.substr(below(input.size()), size));
        break;
      case 4:
        input.insert(at, telling[below(std::size(telling))]);
        break;
      default: {
        const auto& other = seeds_[below(seeds_.size())];
        input.insert(at, other.substr(below(other.size()), 1 + below(40)));
      }
    }
  }

  std::minstd_rand random_;
  const std::vector<std::string>& seeds_;
};

/// Keeps the input under way in a file, which outlives a crash.
class LastInput {
 public:
  /// Keeps nothing when `path` is empty.
  explicit LastInput(const std::string& path)
      : file_(path.empty() ? -1 : ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)) {
    if (path.empty() || file_ >= 0) return;
    std::perror(path.c_str());
    std::exit(2);
  }

  void keep(const std::string& input) const {
    if (file_ < 0) return;
    const auto size = static_cast<off_t>(input.size());
    if (::ftruncate(file_, size) == 0 && ::pwrite(file_, input.data(), input.size(), 0) == size) return;
    std::perror("--last");
    std::exit(2);
  }

 private:
  int file_;
};

void run(const std::string& input, const LastInput& last) {
  last.keep(input);
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
}

}  // namespace

int main(int argc, char** argv) {
  const auto options = read_options(argc, argv);
  const auto seeds = read_inputs(options.paths);
  if (seeds.empty()) {
    std::fprintf(stderr, "no inputs\n");
    return 2;
  }
  std::printf("%zu inputs, up to %zu mutations, seed %u\n", seeds.size(), options.mutations, options.seed);
  std::fflush(stdout);
  const LastInput last(options.last);
  for (const auto& seed : seeds) run(seed, last);
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(options.seconds);
  Mutator mutator(options.seed, seeds);
  std::size_t done = 0;
  for (; done < options.mutations && std::chrono::steady_clock::now() < end; ++done)
    run(mutator.next(), last);
  std::printf("%zu mutations run\n", done);
}
