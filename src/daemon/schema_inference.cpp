#include "daemon/schema_inference.hpp"

#include <chrono>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>

#include "base/exit_code.hpp"
#include "client/event_input.hpp"
#include "client/table.hpp"
#include "daemon/terminal.hpp"
#include "event/json_scan.hpp"
#include "schema/inference.hpp"

namespace signalbox::daemon {
namespace {

/// What a daemon takes at most, whatever its settings.
constexpr event::Limits kEventLimits{64 << 20, 100'000, 1024, 1000};
constexpr unsigned kValueDepthMax = 1024;
constexpr std::size_t kTypesMax = 1000;
constexpr std::size_t kToldMax = 100;  // of what is wrong

/// On a terminal, tells every second how far reading has come.
class Progress {
 public:
  Progress(std::ostream& err, const char* what) : err_(err), what_(what), on_(is_terminal(Stream::err)) {}
  ~Progress() {
    if (told_) err_ << "\r\x1b[K";
  }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void step() {
    if (!on_ || ++count_ % kStepsBetweenLooks != 0) return;
    const auto now = std::chrono::steady_clock::now();
    if (now < next_) return;
    next_ = now + std::chrono::seconds(1);
    told_ = true;
    err_ << "\r" << count_ << what_ << " read" << std::flush;
  }

 private:
  static constexpr std::size_t kStepsBetweenLooks = 256;
  std::ostream& err_;
  const char* const what_;
  const bool on_;
  bool told_ = false;
  std::size_t count_ = 0;
  std::chrono::steady_clock::time_point next_ = std::chrono::steady_clock::now() + std::chrono::seconds(1);
};

class SchemaInference {
 public:
  SchemaInference(const InferOptions& options, const client::Output& output)
      : options_(options), output_(output), progress_(output.err, options.values ? " values" : " events") {
    if (options.closed) inference_.objects = schema::ObjectModel::closed;
  }

  int run() {
    const auto standard = std::vector<std::string>{"-"};
    for (const auto& file : options_.files.empty() ? standard : options_.files) read_file(file);
    print();
    return exit_code_;
  }

 private:
  /// What has been seen of one type.
  struct Seen {
    schema::InferredShape shape;
    std::size_t values = 0;
    std::size_t without_json = 0;
  };

  void read_file(const std::string& name) {
    file_ = name == "-" ? "stdin" : name;
    if (name == "-") {
      if (is_terminal(Stream::in)) output_.err << "reading from standard input\n";
      return read(std::cin);
    }
    std::ifstream file(name, std::ios::binary);
    if (!file) return complain("cannot be read");
    read(file);
  }

  void read(std::istream& in) { options_.values ? read_values(in) : read_events(in); }

  void read_events(std::istream& in) {
    client::EventInput input(in, kEventLimits);
    while (const auto item = input.next()) {
      progress_.step();
      line_ = item->line;
      if (const auto* event = std::get_if<Event>(&item->event)) {
        learn(*event);
        continue;
      }
      for (const auto& fault : std::get<std::vector<event::Fault>>(item->event))
        complain("no valid CloudEvent: " + (fault.index ? "[" + std::to_string(*fault.index) + "] " : "") +
                 (fault.where.empty() ? "" : fault.where + ": ") + fault.message);
    }
  }

  void learn(const Event& event) {
    if (!options_.type.empty() && event.type() != options_.type) return;
    auto* seen = seen_of(std::string(event.type()));
    if (!seen) return;
    if (event.data_kind() != DataKind::json) {
      ++seen->without_json;
      return;
    }
    learn(*seen, event.data());
  }

  Seen* seen_of(const std::string& type) {
    const auto known = seen_.find(type);
    if (known != seen_.end()) return &known->second;
    if (seen_.size() >= kTypesMax) {
      complain("more than " + std::to_string(kTypesMax) + " types of events: \"" + client::printable(type) +
               "\" is left out (--type TYPE infers one)");
      return nullptr;
    }
    return &seen_.emplace(type, Seen{schema::InferredShape(inference_)}).first->second;
  }

  void learn(Seen& seen, std::string_view json) {
    const auto added = seen.shape.add(json);
    if (!added) return complain(added.error().message);
    ++seen.values;
  }

  /// One value, or JSON Lines: when the first line is a value by itself.
  void read_values(std::istream& in) {
    std::string text;
    for (line_ = 0; std::getline(in, text);) {
      ++line_;
      if (text.find_first_not_of(" \t\r") == std::string::npos) continue;
      if (lines_of_ != file_ && event::validate_json(text, kValueDepthMax)) {
        line_ = 0;
        text += '\n';
        text.append(std::istreambuf_iterator<char>(in), {});
      }
      lines_of_ = file_;
      progress_.step();
      learn_value(text);
    }
  }

  void learn_value(std::string_view text) {
    if (const auto fault = event::validate_json(text, kValueDepthMax))
      return complain("not JSON at byte " + std::to_string(fault->offset) + ": " + fault->message);
    learn(*seen_of(""), text);
  }

  void complain(const std::string& what) {
    exit_code_ = kInputAtFault;
    if (++told_ > kToldMax) return;
    output_.err << file_ << (line_ ? ":" + std::to_string(line_) : "") << ": " << client::printable(what) << '\n';
    if (told_ == kToldMax) output_.err << "more faults are not told\n";
  }

  void print() {
    bool any = false;
    for (const auto& [type, seen] : seen_) {
      if (seen.without_json > 0)
        output_.err << client::printable(type) << ": " << seen.without_json
                    << (seen.without_json == 1 ? " event has" : " events have") << " no JSON data and "
                    << (seen.without_json == 1 ? "is" : "are") << " left out\n";
      if (seen.shape.limited())
        output_.err << client::printable(type)
                    << (type.empty() ? "" : ": ") << "some of it is too deep or has too many members to be described; it is open there\n";
      if (seen.values == 0) continue;
      any = true;
      print(type, seen);
    }
    if (any) return;
    exit_code_ = kInputAtFault;
    output_.err << "there is nothing to infer a schema from"
                << (options_.type.empty() ? "" : ": no event with JSON data has the type \"" +
                                                     client::printable(options_.type) + "\"")
                << '\n';
  }

  void print(const std::string& type, const Seen& seen) const {
    auto schema = nlohmann::json::parse(seen.shape.schema());
    if (options_.values || !options_.type.empty()) {
      output_.out << schema.dump(2) << '\n';
      return;
    }
    nlohmann::json line{{"type", type}, {"events", seen.values}, {"schema", std::move(schema)}};
    output_.out << line.dump() << '\n';
  }

  const InferOptions& options_;
  const client::Output& output_;
  Progress progress_;
  schema::InferenceOptions inference_;
  std::map<std::string, Seen> seen_;
  std::string file_, lines_of_;
  std::size_t line_ = 0, told_ = 0;
  int exit_code_ = kDone;
};

}  // namespace

int infer_schemas(const InferOptions& options, const client::Output& output) {
  return SchemaInference(options, output).run();
}

}  // namespace signalbox::daemon
