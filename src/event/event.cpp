#include "signalbox/event.hpp"

#include <algorithm>
#include <array>
#include <boost/container/small_vector.hpp>
#include <cassert>
#include <cstring>

#include "event/record_format.hpp"

namespace signalbox {
namespace {

using event::kDirectoryEntry, event::kFormat, event::kHeader;

constexpr std::uint8_t kPlainJson = event::kind_byte(DataKind::json, JsonNames::plain);
constexpr std::array<std::string_view, 4> kRequired{"specversion", "id", "source", "type"};

std::uint8_t byte_at(const std::string& record, std::size_t at) { return static_cast<std::uint8_t>(record[at]); }

template <class Number>
Number number_at(const std::string& record, std::size_t at) {
  Number number{};
  std::memcpy(&number, record.data() + at, sizeof number);
  return number;
}

template <class Number>
void put(std::string& record, Number number) {
  char bytes[sizeof number];
  std::memcpy(bytes, &number, sizeof number);
  record.append(bytes, sizeof number);
}

Error corrupt(const char* what) { return Error(Errc::corrupt, std::string("event record: ") + what); }

}  // namespace

Result<Event> Event::from_record(std::string record) {
  if (record.size() < kHeader) return corrupt("shorter than its header");
  if (byte_at(record, 0) != kFormat) return corrupt("unknown format");
  const auto kind = byte_at(record, 1);
  if (kind > static_cast<std::uint8_t>(DataKind::binary) && kind != kPlainJson) return corrupt("unknown kind of data");
  Event event;
  event.count_ = number_at<std::uint16_t>(record, 2);
  std::size_t text = kHeader + event.count_ * kDirectoryEntry;
  if (event.count_ < kRequired.size() || text > record.size()) return corrupt("directory cut short");
  for (std::size_t i = 0, entry = kHeader; i < event.count_; ++i, entry += kDirectoryEntry) {
    const std::size_t name = byte_at(record, entry), value = number_at<std::uint32_t>(record, entry + 2);
    if (byte_at(record, entry + 1) > static_cast<std::uint8_t>(AttributeType::integer)) return corrupt("unknown type");
    if (record.size() - text < name || record.size() - text - name < value) return corrupt("attribute cut short");
    if (i < kRequired.size() && std::string_view(record).substr(text, name) != kRequired[i])
      return corrupt("required attributes out of place");
    text += name + value;
  }
  event.data_at_ = static_cast<std::uint32_t>(text);
  event.kind_ = DataKind(kind & ~event::kPlainNames);
  event.names_ = kind == kPlainJson ? JsonNames::plain : JsonNames::any;
  event.record_ = std::move(record);
  return event;
}

Attribute Event::attribute(std::size_t index) const {
  assert(index < count_);
  std::size_t text = kHeader + count_ * kDirectoryEntry, entry = kHeader;
  for (std::size_t i = 0; i < index; ++i, entry += kDirectoryEntry)
    text += byte_at(record_, entry) + number_at<std::uint32_t>(record_, entry + 2);
  const std::size_t name = byte_at(record_, entry);
  const std::string_view all(record_);
  return {all.substr(text, name), AttributeType(byte_at(record_, entry + 1)),
          all.substr(text + name, number_at<std::uint32_t>(record_, entry + 2))};
}

std::optional<Attribute> Event::find(std::string_view name) const {
  for (auto attribute : attributes())
    if (attribute.name == name) return attribute;
  return std::nullopt;
}

std::string_view Event::value(std::string_view name) const {
  auto found = find(name);
  return found ? found->value : std::string_view();
}

bool Event::operator==(const Event& other) const {
  if (data_kind() != other.data_kind() || valid() != other.valid()) return false;
  return !valid() || std::string_view(record_).substr(2) == std::string_view(other.record_).substr(2);
}

Event::AttributeIterator::AttributeIterator(const Event* event, std::size_t index)
    : event_(event), index_(index), entry_(kHeader), text_(kHeader + event->count_ * kDirectoryEntry) {}

Attribute Event::AttributeIterator::operator*() const {
  const auto& record = event_->record_;
  const std::size_t name = byte_at(record, entry_);
  const std::string_view all(record);
  return {all.substr(text_, name), AttributeType(byte_at(record, entry_ + 1)),
          all.substr(text_ + name, number_at<std::uint32_t>(record, entry_ + 2))};
}

Event::AttributeIterator& Event::AttributeIterator::operator++() {
  text_ += byte_at(event_->record_, entry_) + number_at<std::uint32_t>(event_->record_, entry_ + 2);
  entry_ += kDirectoryEntry;
  ++index_;
  return *this;
}

EventBuilder& EventBuilder::set(std::string_view name, std::string_view value, AttributeType type) {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const Entry& entry) { return name_of(entry) == name; });
  if (found == entries_.end()) {
    append(name, value, type);
    return *this;
  }
  found->value_at = text_.size();
  found->value_size = value.size();
  found->type = type;
  text_ += value;
  return *this;
}

void EventBuilder::append(std::string_view name, std::string_view value, AttributeType type) {
  entries_.push_back({text_.size(), name.size(), text_.size() + name.size(), value.size(), type});
  (text_ += name) += value;
}

EventBuilder EventBuilder::from(const Event& event) {
  constexpr std::size_t kMoreAttributes = 4, kMoreText = 64;  // a few usually come on top
  EventBuilder builder;
  builder.entries_.reserve(event.attribute_count() + kMoreAttributes);
  builder.text_.reserve(event.record().size() - event.data().size() + kMoreText);
  for (auto attribute : event.attributes()) builder.append(attribute.name, attribute.value, attribute.type);
  builder.data(event.data_kind(), event.data(), event.data_names());
  return builder;
}

EventBuilder& EventBuilder::remove(std::string_view name) {
  std::erase_if(entries_, [&](const Entry& entry) { return name_of(entry) == name; });
  return *this;
}

EventBuilder& EventBuilder::data(DataKind kind, std::string_view bytes, JsonNames names) {
  kind_ = kind;
  names_ = names;
  data_ = bytes;
  return *this;
}

bool EventBuilder::has(std::string_view name) const {
  return std::any_of(entries_.begin(), entries_.end(), [&](const Entry& entry) { return name_of(entry) == name; });
}

Event EventBuilder::build() const {
  boost::container::small_vector<const Entry*, 32> ordered;
  for (auto required : kRequired) {
    auto found = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& e) { return name_of(e) == required; });
    assert(found != entries_.end() && "specversion, id, source and type must be set");
    ordered.push_back(&*found);
  }
  const auto is_there = [&](const Entry* entry) {
    return std::find(ordered.begin(), ordered.begin() + kRequired.size(), entry) != ordered.begin() + kRequired.size();
  };
  for (const auto& entry : entries_)
    if (!is_there(&entry)) ordered.push_back(&entry);

  std::size_t size = kHeader + ordered.size() * kDirectoryEntry + data_.size();
  for (const auto* entry : ordered) size += entry->name_size + entry->value_size;
  std::string record;
  record.reserve(size);
  put(record, kFormat);
  put(record, event::kind_byte(kind_, names_));
  put(record, static_cast<std::uint16_t>(ordered.size()));
  for (const auto* entry : ordered) {
    assert(entry->name_size < 256);
    put(record, static_cast<std::uint8_t>(entry->name_size));
    put(record, static_cast<std::uint8_t>(entry->type));
    put(record, static_cast<std::uint32_t>(entry->value_size));
  }
  for (const auto* entry : ordered) (record += name_of(*entry)) += value_of(*entry);
  record += data_;
  auto event = Event::from_record(std::move(record));
  assert(event);
  return std::move(*event);
}

}  // namespace signalbox
