#include <ostream>
#include <random>

#include "base/header_field.hpp"
#include "base/percent.hpp"
#include "base/units.hpp"
#include "client/answer.hpp"
#include "client/input_text.hpp"
#include "event/codec.hpp"
#include "signalbox/event.hpp"

namespace signalbox::client {
namespace {

std::string random_id() {
  std::random_device random;
  constexpr char kHex[] = "0123456789abcdef";
  std::string id;
  for (int i = 0; i < 32; ++i) {
    if (i == 8 || i == 12 || i == 16 || i == 20) id += '-';
    id += i == 12 ? '4' : kHex[(i == 16 ? 8 + random() % 4 : random() % 16)];
  }
  return id;
}

/// The request of one event put together from options: headers in binary mode.
Result<event::Encoded> encode_from_options(const SendOptions& options) {
  if (options.type.empty() || options.source.empty())
    return Error(Errc::invalid_argument, "--type and --source are needed, or --events FILE (- for stdin)");
  EventBuilder builder;
  builder.set("specversion", "1.0").set("id", options.id.empty() ? random_id() : options.id);
  builder.set("source", options.source).set("type", options.type);
  if (!options.subject.empty()) builder.set("subject", options.subject);
  if (!options.time.empty()) builder.set("time", options.time);
  for (const auto& extension : options.extensions) {
    const auto equals = extension.find('=');
    if (equals == std::string::npos || equals == 0)
      return Error(Errc::invalid_argument, "--extension: expected name=value, got \"" + extension + "\"");
    builder.set(extension.substr(0, equals), extension.substr(equals + 1));
  }
  std::string data = options.data;
  if (data.starts_with('@')) {
    auto read = read_input(data.substr(1));
    if (!read) return read.error();
    data = std::move(*read);
  }
  if (!data.empty()) {
    builder.set("datacontenttype", options.content_type.empty() ? "application/json" : options.content_type);
    builder.data(DataKind::binary, data);
  }
  return event::encode_binary(builder.build());
}

/// The request of events in the JSON format: an object as it is, an array as a batch, JSON Lines made into one.
Result<event::Encoded> encode_from_file(const std::string& name) {
  auto text = read_input(name);
  if (!text) return text.error();
  event::Encoded encoded;
  const auto first = text->find_first_not_of(" \t\r\n");
  if (first == std::string::npos) return Error(Errc::invalid_argument, name + ": holds no event");
  if ((*text)[first] == '[' || nlohmann::json::accept(*text)) {
    const bool batch = (*text)[first] == '[';
    encoded.headers.emplace_back("Content-Type", batch ? "application/cloudevents-batch+json" : "application/cloudevents+json");
    encoded.body = std::move(*text);
    return encoded;
  }
  encoded.headers.emplace_back("Content-Type", "application/cloudevents-batch+json");
  encoded.body = "[";
  for (std::size_t begin = 0; begin < text->size();) {
    const auto end = std::min(text->find('\n', begin), text->size());
    const auto line = std::string_view(*text).substr(begin, end - begin);
    if (line.find_first_not_of(" \t\r") != std::string_view::npos) {
      if (encoded.body.size() > 1) encoded.body += ',';
      encoded.body += line;
    }
    begin = end + 1;
  }
  encoded.body += ']';
  return encoded;
}

}  // namespace

int send(ApiClient& ingest, const SendOptions& options, const Output& output) {
  const auto names = split_channel(options.channel);
  if (!names) {
    output.err << "channel: expected TENANT/CHANNEL, got \"" << options.channel << "\"\n";
    return kInputAtFault;
  }
  auto encoded = options.events.empty() ? encode_from_options(options) : encode_from_file(options.events);
  if (!encoded) {
    output.err << encoded.error().message << '\n';
    return kInputAtFault;
  }
  if (options.deduplicate) encoded->headers.emplace_back("Signalbox-Dedup", "source-id");
  const auto path = "/v1/" + base::percent_encode_path_segment(names->first) + "/" +
                    base::percent_encode_path_segment(names->second) + "/events";
  int exit_code = 0;
  const auto body = take_answer(ingest.send("POST", path, encoded->body, encoded->headers), output, exit_code);
  if (!body) return exit_code;
  output.out << "accepted " << text_of(*body, "accepted");
  if (body->value("accepted", 0) > 0) output.out << ", seq " << text_of(*body, "first_seq") << " to " << text_of(*body, "last_seq");
  if (body->contains("duplicates")) output.out << ", duplicates " << text_of(*body, "duplicates");
  output.out << '\n';
  return 0;
}

}  // namespace signalbox::client
