#pragma once
#include <cstddef>
#include <deque>
#include <istream>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "event/codec.hpp"
#include "signalbox/event.hpp"

namespace signalbox::client {

/// Reads events in the JSON format one after another: one event, an array of them, or JSON Lines.
///
/// JSON Lines are read line by line, so that a stream of them is answered as it comes.  What is not valid is
/// judged as ingest does: an array is taken whole or not at all, of lines each on its own.
class EventInput {
 public:
  struct Item {
    std::size_t line = 0;  ///< in which it stands, from 1; 0: the input is one event or an array
    std::variant<Event, std::vector<event::Fault>> event;
  };

  /// `in` outlives the object.
  EventInput(std::istream& in, const event::Limits& limits) : in_(in), limits_(limits) {}

  /// nullopt at the end.
  std::optional<Item> next();

 private:
  enum class Form { unknown, lines, whole };

  bool next_line();
  void read_whole();
  Item decode_line() const;

  std::istream& in_;
  const event::Limits limits_;
  Form form_ = Form::unknown;
  std::string text_;  // the line at hand, or all there is
  std::size_t line_ = 0;
  std::deque<Item> decoded_;
};

}  // namespace signalbox::client
