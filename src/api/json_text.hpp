#pragma once
#include <fmt/format.h>

#include <concepts>
#include <string>
#include <string_view>

#include "event/codec.hpp"

namespace signalbox::api {

/// Writes JSON text piece by piece, so that events go into an answer with their bytes as they are.
///
///     JsonText json;
///     json.begin_object().key("seq").number(7).key("event").raw(text).end_object();
class JsonText {
 public:
  JsonText& begin_object() { return open('{'); }
  JsonText& end_object() { return close('}'); }
  JsonText& begin_array() { return open('['); }
  JsonText& end_array() { return close(']'); }
  JsonText& key(std::string_view name) {
    separate();
    event::append_json_string(text_, name);
    text_ += ':';
    fresh_ = true;
    return *this;
  }
  JsonText& string(std::string_view value) {
    separate();
    event::append_json_string(text_, value);
    return *this;
  }
  template <std::integral Number>
  JsonText& number(Number value) {
    separate();
    fmt::format_to(std::back_inserter(text_), "{}", value);
    return *this;
  }
  JsonText& decimal(double value) {
    separate();
    fmt::format_to(std::back_inserter(text_), "{:.3f}", value);
    return *this;
  }
  JsonText& boolean(bool value) { return raw(value ? "true" : "false"); }
  /// One JSON value as text.
  JsonText& raw(std::string_view value) {
    separate();
    text_ += value;
    return *this;
  }
  std::string take() {
    text_ += '\n';
    return std::move(text_);
  }

 private:
  void separate() {
    if (!fresh_) text_ += ',';
    fresh_ = false;
  }
  JsonText& open(char bracket) {
    separate();
    text_ += bracket;
    fresh_ = true;
    return *this;
  }
  JsonText& close(char bracket) {
    text_ += bracket;
    fresh_ = false;
    return *this;
  }

  std::string text_;
  bool fresh_ = true;  // nothing to separate from yet
};

}  // namespace signalbox::api
