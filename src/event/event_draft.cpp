#include "event/event_draft.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <limits>

#include "event/base64.hpp"
#include "event/characters.hpp"
#include "event/record_format.hpp"

namespace signalbox::event {
namespace {

/// Writes integers and text one after the other into a string of the right size.
class RecordWriter {
 public:
  explicit RecordWriter(char* at) : at_(at) {}
  template <class Number>
  void number(Number value) {
    std::memcpy(at_, &value, sizeof value);
    at_ += sizeof value;
  }
  void text(std::string_view text) {
    if (!text.empty()) std::memcpy(at_, text.data(), text.size());
    at_ += text.size();
  }
  char* at() { return at_; }

 private:
  char* at_;
};

}  // namespace

EventDraft::EventDraft(Naming naming, const Limits& limits, FaultList& faults)
    : naming_(naming), limits_(limits), faults_(faults), faults_before_(faults.count()) {}

std::string EventDraft::where(std::string_view name) const {
  if (naming_ == Naming::members) return shown(name);
  return name == "datacontenttype" ? "content-type" : "ce-" + shown(name);
}

void EventDraft::refuse(std::string_view name, std::string message) {
  if (const auto core = core_attribute(name)) present_.set(*core);
  faults_.add(where(name), std::move(message));
}

void EventDraft::refuse_data(std::string where, std::string message) {
  faults_.add(std::move(where), std::move(message));
}

void EventDraft::add(const Attribute& attribute) {
  if (const auto fault = name_fault(attribute.name); !fault.empty())
    return refuse(attribute.name, std::string(fault));
  const auto core = core_attribute(attribute.name);
  const auto same_name = [&](const Attribute& other) { return other.name == attribute.name; };
  if (core ? present_[*core] : std::any_of(extensions_.begin(), extensions_.end(), same_name)) {
    // In JSON the cursor reports it, for data too.
    if (naming_ == Naming::headers) refuse(attribute.name, "comes twice");
    return;
  }
  if (auto fault = value_fault(attribute, core); !fault.empty())
    return refuse(attribute.name, std::move(fault));
  if (count_ == std::min<std::size_t>(limits_.attributes, std::numeric_limits<std::uint16_t>::max()))
    return refuse(attribute.name,
                  "is one attribute too many: at most " + std::to_string(count_) + " are taken");
  ++count_;
  if (!core) {
    extensions_.push_back(attribute);
    return;
  }
  core_[*core] = attribute;
  present_.set(*core);
  if (*core == kDataContentType) media_type_ = parse_media_type(attribute.value);
}

void EventDraft::set_data(DataKind kind, std::string_view bytes, JsonNames names) {
  kind_ = kind;
  names_ = names;
  data_ = bytes;
}

void EventDraft::set_base64(std::string_view text, std::size_t size) {
  set_data(DataKind::binary, text);
  decoded_size_ = size;
}

void EventDraft::check_complete() {
  for (std::size_t i = 0; i < kRequiredAttributes; ++i)
    if (!present_[i]) refuse(kCoreAttributes[i], "is missing");
}

template <class Visit>
void EventDraft::visit(Visit visit) const {
  for (std::size_t i = 0; i < core_.size(); ++i)
    if (present_[i]) visit(core_[i]);
  for (const auto& extension : extensions_) visit(extension);
}

std::string EventDraft::make_record(std::size_t size) const {
  std::string record(size, '\0');
  RecordWriter directory(record.data());
  directory.number(kFormat);
  directory.number(kind_byte(kind_, names_));
  directory.number(static_cast<std::uint16_t>(count_));
  RecordWriter text(record.data() + kHeader + count_ * kDirectoryEntry);
  visit([&](const Attribute& attribute) {
    directory.number(static_cast<std::uint8_t>(attribute.name.size()));
    directory.number(static_cast<std::uint8_t>(attribute.type));
    directory.number(static_cast<std::uint32_t>(attribute.value.size()));
    text.text(attribute.name);
    text.text(attribute.value);
  });
  if (decoded_size_)
    decode_base64(data_, text.at());
  else
    text.text(data_);
  return record;
}

std::optional<Event> EventDraft::finish() {
  check_complete();
  std::size_t size = kHeader + count_ * kDirectoryEntry + decoded_size_.value_or(data_.size());
  visit([&size](const Attribute& attribute) { size += attribute.name.size() + attribute.value.size(); });
  if (size > std::min<std::size_t>(limits_.event_bytes, std::numeric_limits<std::uint32_t>::max()))
    faults_.add_too_large("", "the event has " + std::to_string(size) + " bytes, at most " +
                                  std::to_string(limits_.event_bytes) + " are taken");
  if (faults_.count() != faults_before_) return std::nullopt;
  auto event = Event::from_record(make_record(size));
  assert(event);
  return std::move(*event);
}

}  // namespace signalbox::event
