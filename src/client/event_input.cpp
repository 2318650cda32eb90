#include "client/event_input.hpp"

#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

namespace signalbox::client {
namespace {

using Decoding = std::variant<event::Decoded, event::DecodeFailure>;

constexpr std::string_view kBlanks = " \t\r\n";

Decoding decode(std::string_view text, const char* media_type, const event::Limits& limits) {
  const base::HeaderField header{"Content-Type", media_type};
  return event::decode(std::span(&header, 1), text, limits);
}

}  // namespace

std::optional<EventInput::Item> EventInput::next() {
  if (form_ == Form::unknown) {
    if (!next_line()) return std::nullopt;
    const bool array = text_[text_.find_first_not_of(kBlanks)] == '[';
    form_ = !array && nlohmann::json::accept(text_) ? Form::lines : Form::whole;
    if (form_ == Form::lines) return decode_line();
    read_whole();
  }
  if (form_ == Form::lines) {
    if (!next_line()) return std::nullopt;
    return decode_line();
  }
  if (decoded_.empty()) return std::nullopt;
  auto item = std::move(decoded_.front());
  decoded_.pop_front();
  return item;
}

/// The next line that is not blank.
bool EventInput::next_line() {
  while (std::getline(in_, text_)) {
    ++line_;
    if (text_.find_first_not_of(kBlanks) != std::string::npos) return true;
  }
  return false;
}

EventInput::Item EventInput::decode_line() const {
  auto decoded = decode(text_, "application/cloudevents+json", limits_);
  if (auto* failure = std::get_if<event::DecodeFailure>(&decoded)) return {line_, std::move(failure->faults)};
  return {line_, std::move(std::get<event::Decoded>(decoded).events.front())};
}

/// Its first line has been read.
void EventInput::read_whole() {
  text_ += '\n';
  text_.append(std::istreambuf_iterator<char>(in_), {});
  const bool array = text_[text_.find_first_not_of(kBlanks)] == '[';
  auto decoded =
      decode(text_, array ? "application/cloudevents-batch+json" : "application/cloudevents+json", limits_);
  if (auto* failure = std::get_if<event::DecodeFailure>(&decoded)) {
    decoded_.push_back({0, std::move(failure->faults)});
    return;
  }
  for (auto& event : std::get<event::Decoded>(decoded).events) decoded_.push_back({0, std::move(event)});
}

}  // namespace signalbox::client
