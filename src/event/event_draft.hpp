#pragma once
#include <array>
#include <bitset>
#include <boost/container/small_vector.hpp>
#include <forward_list>
#include <optional>
#include <string>
#include <string_view>

#include "event/codec.hpp"
#include "event/fault_list.hpp"
#include "event/validate.hpp"

namespace signalbox::event {

/// How faults name an attribute: "id" as a member of JSON, "ce-id" (and "content-type") as a header.
enum class Naming { members, headers };

/// An event while it is decoded: collects views of attributes and data, judges them, and makes the record in
/// one allocation.  What it is given must outlive it; keep() gives a place to what was unescaped.
class EventDraft {
 public:
  EventDraft(Naming naming, const Limits& limits, FaultList& faults);

  /// Adds an attribute, or notes what is wrong with its name, its value or its being there twice (of headers
  /// only: in JSON that is the cursor's to say).
  void add(const Attribute& attribute);
  /// Notes a fault of the attribute called `name`, which then does not count as missing.
  void refuse(std::string_view name, std::string message);
  /// Notes a fault of the data.
  void refuse_data(std::string where, std::string message);

  std::string_view keep(std::string text) { return kept_.emplace_front(std::move(text)); }

  bool has_datacontenttype() const { return present_[kDataContentType]; }
  /// nullopt when datacontenttype is absent or at fault.
  const std::optional<MediaType>& media_type() const { return media_type_; }

  void set_data(DataKind kind, std::string_view bytes, JsonNames names = JsonNames::any);
  /// Binary data; `text` is valid Base64 of `size` bytes.
  void set_base64(std::string_view text, std::size_t size);

  /// The event; nullopt when there were faults, missing attributes among them.
  std::optional<Event> finish();

 private:
  static constexpr std::size_t kDataContentType = 4;

  std::string where(std::string_view name) const;
  void check_complete();
  template <class Visit>
  void visit(Visit visit) const;
  std::string make_record(std::size_t size) const;

  Naming naming_;
  const Limits& limits_;
  FaultList& faults_;
  std::size_t faults_before_;
  std::size_t count_ = 0;
  std::array<Attribute, kCoreAttributes.size()> core_;
  std::bitset<kCoreAttributes.size()> present_;
  boost::container::small_vector<Attribute, 16> extensions_;
  std::optional<MediaType> media_type_;
  DataKind kind_ = DataKind::none;
  JsonNames names_ = JsonNames::any;
  std::string_view data_;
  std::optional<std::size_t> decoded_size_;  // of data_ when it is Base64
  std::forward_list<std::string> kept_;
};

}  // namespace signalbox::event
