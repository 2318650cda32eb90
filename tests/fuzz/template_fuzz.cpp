// links: signalbox_pipeline signalbox_event
// The first line as a template (a "t" before it: of text; "\r" in it: several lines), the rest as the data of
// an event; and the whole as a line of `signalbox eval transform`.  Whatever a JSON template renders to must
// be valid JSON, and an answer one JSON object.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "event/json_scan.hpp"
#include "pipeline/template.hpp"
#include "pipeline/transform_eval.hpp"

namespace {

using namespace signalbox;
using namespace signalbox::pipeline;

void require(bool condition) {
  if (!condition) std::abort();
}

void require_quoted_lines(std::string_view text) {
  for (std::size_t at = 0; at <= text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    require(end > at && text[at] == '"' && !event::validate_json(text.substr(at, end - at), 1));
    at = end + 1;
  }
}

void check_template(std::string_view text, std::string_view data) {
  const bool as_text = text.starts_with('t');
  const bool as_lines = Template::format_of(text) == Template::Format::quoted_lines;
  const auto format = as_text    ? Template::Format::text
                      : as_lines ? Template::Format::quoted_lines
                                 : Template::Format::json;
  TemplateVariables variables;
  require(bool(variables.declare("v", "$.data.v")) && bool(variables.declare("w", "$.data[1]['w']")) &&
          bool(variables.declare("s", "$.subject")));
  const auto parsed = Template::parse(text.substr(as_text ? 1 : 0), format, variables);
  if (!parsed) return require(!parsed.error().message.empty());

  // What says it is JSON is JSON when it comes from the decoder; everything else is text or bytes.
  if (event::validate_json_encoding(data)) return;
  const auto kind = event::validate_json(data, 64) ? DataKind::text : DataKind::json;
  EventBuilder builder;
  builder.set("specversion", "1.0")
      .set("id", "1")
      .set("source", "s")
      .set("type", "t")
      .set("subject", "a\"\\\xc3\xa9");
  const auto event = builder.data(kind, data).build();
  const TransformContext context{"tenant", "channel", "rule", WallTime()};
  const TemplateValues values(variables.used(), event, context);
  require(bool(values.status()));
  const auto result = parsed->render(values);
  if (!result) return;
  require(result->size() <= Template::kResultBytesMax);
  require(!event::validate_json_encoding(*result) || as_text);
  if (as_lines) return require_quoted_lines(*result);
  require(as_text || !event::validate_json(*result, Template::kDepthMax));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  const auto line = all.substr(0, all.find('\n'));
  std::string several(line);
  std::replace(several.begin(), several.end(), '\r', '\n');
  check_template(several, all.substr(std::min(all.size(), line.size() + 1)));
  require(!event::validate_json(eval_transform(all), 200));
  return 0;
}
