#include "loadtest/payload.hpp"

#include <cassert>
#include <cstring>

#include "loadtest/event_token.hpp"

namespace signalbox::loadtest {
namespace {

constexpr std::size_t kOrderDigits = 12, kSubjectDigits = 6;
constexpr std::string_view kDataStart = R"({"order":")";
constexpr std::string_view kSubjectStart = "orders/";

// Placeholders that occur nowhere else in a request; each is as long as what replaces it.
const std::string kTokenMark(EventToken::kLength, '\1');
const std::string kSequenceMark(kOrderDigits, '\2');
const std::string kSubjectMark(kSubjectDigits, '\3');

std::string data_with(std::string_view order, std::size_t bytes) {
  constexpr std::string_view kLines =
      R"("items":[{"sku":"AX-1009","qty":2,"price":19.95},{"sku":"BR-2210","qty":1,"price":249.0}],)"
      R"("ship":{"street":"12 Harbour Road","city":"Bergen","zip":"5003","country":"NO"},"total":288.9,"paid":true,)";
  constexpr std::string_view kNoteStart = R"("note":")", kNoteEnd = R"("})";
  constexpr std::string_view kWords = "The quick brown fox jumps over the lazy dog; ";
  auto text = std::string(kDataStart).append(order).append("\",");
  if (bytes >= text.size() + kLines.size() + kNoteStart.size() + kNoteEnd.size()) text += kLines;
  text += kNoteStart;
  while (text.size() + kNoteEnd.size() < bytes) text += kWords[text.size() % kWords.size()];
  return text.append(kNoteEnd);
}

std::string structured_event(const PayloadOptions& options, const std::string& type,
                             const std::string& data) {
  return R"({"specversion":"1.0","id":")" + kTokenMark + R"(","source":")" + options.source +
         R"(","type":")" + type + R"(","subject":")" + std::string(kSubjectStart) + kSubjectMark +
         R"(","time":"2024-05-04T12:00:00.123456Z","datacontenttype":"application/json","data":)" + data +
         "}";
}

std::string binary_headers(const PayloadOptions& options, const std::string& type) {
  return "ce-specversion: 1.0\r\nce-id: " + kTokenMark + "\r\nce-source: " + options.source +
         "\r\nce-type: " + type + "\r\nce-subject: " + std::string(kSubjectStart) + kSubjectMark +
         "\r\nce-time: 2024-05-04T12:00:00.123456Z\r\nContent-Type: application/json\r\n";
}

std::string batch_body(const PayloadOptions& options, std::size_t first_type, const std::string& data) {
  std::string body = "[";
  for (std::size_t i = 0; i < options.batch_events; ++i) {
    if (i > 0) body += ',';
    body += structured_event(options, options.types[(first_type + i) % options.types.size()], data);
  }
  return body + "]";
}

std::string with_length(std::string head, const std::string& body) {
  return std::move(head) + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string request_text(const PayloadOptions& options, const std::string& head, std::size_t first_type) {
  const auto& type = options.types[first_type];
  const auto data = data_with(kSequenceMark, options.data_bytes);
  switch (options.mode) {
    case ContentMode::binary:
      return with_length(head + binary_headers(options, type), data);
    case ContentMode::structured:
      return with_length(head + "Content-Type: application/cloudevents+json\r\n",
                         structured_event(options, type, data));
    case ContentMode::batch:
      return with_length(head + "Content-Type: application/cloudevents-batch+json\r\n",
                         batch_body(options, first_type, data));
  }
  return {};
}

}  // namespace

std::string sample_data(std::size_t bytes, std::uint64_t sequence) {
  std::string order(kOrderDigits, '0');
  write_decimal(order.data(), sequence, kOrderDigits);
  return data_with(order, bytes);
}

std::uint64_t body_hash(std::string_view body) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : body) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

RequestTemplate::RequestTemplate(const PayloadOptions& options, const std::string& head)
    : events_(options.mode == ContentMode::batch ? options.batch_events : 1), subjects_(options.subjects) {
  assert(!options.types.empty() && options.data_bytes >= kMinDataBytes && events_ > 0);
  assert(subjects_ > 0 && subjects_ <= kMaxSubjects);
  for (std::size_t type = 0; type < options.types.size(); ++type)
    phases_.push_back(make_phase(options, head, type));
}

RequestTemplate::Phase RequestTemplate::make_phase(const PayloadOptions& options, const std::string& head,
                                                   std::size_t first_type) {
  Phase phase;
  phase.text = request_text(options, head, first_type);
  const auto find_slots = [&phase](const std::string& mark, Field field) {
    std::size_t event = 0;
    for (auto at = phase.text.find(mark); at != std::string::npos;
         at = phase.text.find(mark, at + mark.size())) {
      phase.slots.push_back(Slot{at, field, event++});
    }
  };
  find_slots(kTokenMark, Field::token);
  find_slots(kSequenceMark, Field::sequence);
  find_slots(kSubjectMark, Field::subject);
  return phase;
}

void RequestTemplate::append_to(std::string& out, std::uint32_t run, std::uint64_t sequence,
                                std::uint64_t due_ns) const {
  const auto& phase = phases_[sequence % phases_.size()];
  const auto base = out.size();
  out += phase.text;
  for (const auto& slot : phase.slots) {
    char* place = out.data() + base + slot.at;
    const auto number = sequence + slot.event;
    switch (slot.field) {
      case Field::token:
        EventToken{run, number, due_ns}.write(place);
        break;
      case Field::sequence:
        write_decimal(place, number, kOrderDigits);
        break;
      case Field::subject:
        write_decimal(place, number % subjects_, kSubjectDigits);
        break;
    }
  }
}

}  // namespace signalbox::loadtest
