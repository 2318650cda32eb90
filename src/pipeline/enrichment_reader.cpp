#include "pipeline/enrichment_reader.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pipeline/attribute_template.hpp"
#include "pipeline/enrichment_step.hpp"
#include "pipeline/json_path.hpp"
#include "pipeline/report_fault.hpp"
#include "pipeline/template_reader.hpp"

namespace signalbox::pipeline {
namespace {

using namespace std::chrono_literals;
using Method = EnrichmentRequest::Method;
using OnError = EnrichmentPolicy::OnError;
using Use = Enrichment::Use;

/// The names below `data` that a path leads to.
Result<std::vector<std::string>> place_in_data(const std::string& text) {
  const auto wrong = [&](const char* why) {
    return Error(Errc::invalid_argument, "path \"" + text + "\": " + why);
  };
  const auto path = JsonPath::parse(text);
  if (!path) return path.error();
  if (path->root() != JsonPath::Root::data) return wrong("an answer is joined to the data: $.data.name");
  if (path->steps().empty()) return wrong("the answer would be all of the data: that is \"replace: data\"");
  std::vector<std::string> names;
  for (const auto& step : path->steps()) {
    const auto* name = std::get_if<std::string>(&step);
    if (!name) return wrong("an answer is joined at a name, not in a list");
    names.push_back(*name);
  }
  return names;
}

class EnrichmentReader {
 public:
  EnrichmentReader(const ConfigNode& node, Diagnostics& out) : node_(node), out_(out), read_(node, out) {}

  Enrichment run() {
    enrichment_.identity = node_.to_json();
    read_request();
    read_pace();
    read_cache();
    read_use();
    read_.choice<OnError>("on_error", enrichment_.policy.on_error, kOnError);
    read_.done();
    enrichment_.variables = variables_.used();
    return std::move(enrichment_);
  }

 private:
  static constexpr std::array<std::pair<std::string_view, Method>, 2> kMethods{
      {{"POST", Method::post}, {"GET", Method::get}}};
  static constexpr std::array<std::pair<std::string_view, OnError>, 2> kOnError{
      {{"dead_letter", OnError::dead_letter}, {"continue", OnError::proceed}}};
  static constexpr std::array<std::pair<std::string_view, Use>, 2> kReplace{
      {{"data", Use::replace_data}, {"event", Use::replace_event}}};

  void read_request() {
    read_.require("target");
    read_("target", enrichment_.policy.target);
    if (read_.has("target") && enrichment_.policy.target.empty())
      read_.fault("target", "expected a target's name");
    read_.choice<Method>("method", enrichment_.method, kMethods);
    if (const auto* paths = read_.take("paths")) read_paths(*paths, variables_, out_);
    if (const auto* path = read_.take("path")) read_path(*path);
    if (const auto* query = read_.take("query")) read_query(*query);
    read_body();
  }

  void read_path(const ConfigNode& node) {
    const auto* text = scalar_text(node, out_, "a path such as /customers/<$.data.customer>");
    if (!text) return;
    auto path = PathTemplate::parse(*text, variables_);
    if (path)
      enrichment_.path = std::move(*path);
    else
      report(out_, node, path.error().message);
  }

  void read_query(const ConfigNode& node) {
    if (node.kind() != ConfigNode::Kind::mapping)
      return report(out_, node, "expected a mapping from parameters to values, got " + node.describe());
    for (const auto& [name, place, value] : node.members()) {
      const auto* text = scalar_text(value, out_, "a text with placeholders");
      if (!text) continue;
      const auto status = enrichment_.query.add(name, path_as_placeholder(*text), variables_);
      if (!status) report(out_, value, status.error().message);
    }
  }

  void read_body() {
    TemplateFormat format;
    read_.choice<TemplateFormat>("format", format, kTemplateFormats);
    const auto* body = read_.take("body");
    if (!body && format) read_.fault("format", "format belongs to body");
    if (!body) return;
    if (enrichment_.method == Method::get) read_.fault("body", "a GET has no body: use path and query");
    const bool is_path =
        body->kind() == ConfigNode::Kind::scalar && body->text() != path_as_placeholder(body->text());
    const auto placeholder =
        ConfigNode::scalar(path_as_placeholder(body->text()), true, body->place(), body->path());
    enrichment_.body = read_template(is_path ? placeholder : *body, format, variables_, out_);
  }

  void read_pace() {
    auto& policy = enrichment_.policy;
    read_("timeout", policy.timeout, 10ms, 60s);
    const auto* node = read_.take("retry");
    if (!node) return;
    ConfigReader retry(*node, out_);
    retry("attempts", policy.attempts, 1u, 10u);
    retry("initial", policy.initial, 1ms, 60s);
    retry("factor", policy.factor, 1.0, 100.0);
    retry("max", policy.max, 1ms, 60s);
    retry.done();
  }

  void read_cache() {
    const auto* node = read_.take("cache");
    if (!node) return;
    EnrichmentPolicy::Cache settings;
    ConfigReader cache(*node, out_);
    cache.require("for");
    cache("for", settings.keep_for, 1ms, 24h);
    std::uint64_t entries = settings.entries;
    cache("entries", entries, 1u, 1'000'000u);
    settings.entries = entries;
    Bytes bytes{settings.bytes};
    cache("bytes", bytes, Bytes{64 << 10}, Bytes{1 << 30});
    settings.bytes = bytes.value;
    if (const auto* key = cache.take("key")) read_key(*key);
    cache.done();
    const bool sends_event = enrichment_.method == Method::post && !read_.has("body");
    if (sends_event && !cache.has("key"))
      read_.fault("cache", "needs a key where the event itself is sent: no two events are the same",
                  "say what the answer depends on, such as \"key: $.data.customer\"");
    enrichment_.policy.cache = settings;
  }

  void read_key(const ConfigNode& node) {
    const auto* text = scalar_text(node, out_, "a path such as $.data.customer, or a text with placeholders");
    if (!text) return;
    auto key = Template::parse(path_as_placeholder(*text), Template::Format::text, variables_);
    if (!key) return report(out_, node, key.error().message);
    if (key->is_literal())
      report(out_, node, "every event would have the same answer", "a path such as $.data.customer");
    enrichment_.key = std::move(*key);
  }

  void read_use() {
    const auto* join = read_.take("join");
    read_.choice<Use>("replace", enrichment_.use, kReplace);
    const bool replaces = read_.has("replace");
    if (join && replaces) read_.fault("join", "give either join or replace, not both");
    if (!join && !replaces)
      report(out_, node_, "what becomes of the answer is missing: join or replace",
             "\"join: $.data.customer_details\", \"replace: data\" or \"replace: event\"");
    if (!join || replaces) return;
    const auto* text = scalar_text(*join, out_, "a path such as $.data.customer_details");
    if (!text) return;
    auto place = place_in_data(*text);
    if (!place) return report(out_, *join, place.error().message);
    enrichment_.use = Use::join;
    enrichment_.join_at = std::move(*place);
  }

  const ConfigNode& node_;
  Diagnostics& out_;
  ConfigReader read_;
  TemplateVariables variables_;
  Enrichment enrichment_;
};

}  // namespace

TransformStep read_enrichment_step(const ConfigNode& step, Diagnostics& out) {
  ConfigReader read(step, out);
  const auto* node = read.take("enrich");
  for (const auto& member : step.members())
    if (member.key != "enrich" && read.take(member.key))
      read.fault(member.key, "a step with enrich has nothing else",
                 "make it a step of its own: transform is a list then");
  read.done();
  return make_enrichment_step(EnrichmentReader(*node, out).run());
}

}  // namespace signalbox::pipeline
