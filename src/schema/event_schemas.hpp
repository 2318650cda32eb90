#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "schema/schema.hpp"
#include "signalbox/event.hpp"

namespace signalbox::schema {

/// What becomes of an event whose data does not fit a schema.
/// Ascending in strictness.
enum class OnInvalid : std::uint8_t {
  tag,          ///< it is taken, and says so in the attribute kFaultAttribute
  dead_letter,  ///< it is taken, no rule sees it, and it becomes a dead letter
  reject,       ///< the whole request is refused
};

/// The extension attribute that tells what is wrong with an event's data.
constexpr std::string_view kFaultAttribute = "schemafault";

/// A schema for the data of some events of a channel: those of a type, or those that name it in `dataschema`.
struct EventSchema {
  std::string type;        ///< "": of any type
  std::string dataschema;  ///< "": whatever theirs
  std::shared_ptr<const Schema> schema;
  OnInvalid on_invalid = OnInvalid::reject;
};

/// What a channel says of one of its schemas: the schema itself, or the name that it has in the tenant's registry.
struct SchemaUse {
  EventSchema use;            ///< without a schema when it has a name
  std::string name;           ///< "": none
  std::uint32_t version = 0;  ///< of the name; 0: the latest
  FormatUse format = FormatUse::annotate;
};

/// The schemas of one channel.  Immutable and thread-safe.
class EventSchemas {
 public:
  explicit EventSchemas(std::vector<EventSchema> schemas);

  /// What is wrong with an event.
  struct Verdict {
    OnInvalid on_invalid = OnInvalid::tag;  ///< the strictest of the schemas that it does not fit
    std::vector<SchemaFault> faults{};      ///< empty: it fits all of its schemas, or has none
  };
  /// Checks the data with every schema that is for the event.  Allocates nothing when it fits.
  Verdict check(const Event& event) const;

  /// Whether an event can become a dead letter by these.
  bool may_dead_letter() const;

 private:
  void check(const Event& event, const EventSchema& schema, Verdict& verdict) const;

  std::vector<EventSchema> schemas_;
  std::map<std::string, std::vector<std::size_t>, std::less<>> by_type_,
      by_dataschema_;  // the others have no type
};

/// The event with kFaultAttribute set to what the first of `faults` (at least one) says.
Event tagged(const Event& event, const std::vector<SchemaFault>& faults);

/// The event with kFaultAttribute set to what all of `faults` (at least one) say, as far as they have room.
Event tagged_with_all(const Event& event, const std::vector<SchemaFault>& faults);

/// The event without kFaultAttribute.
Event untagged(const Event& event);

}  // namespace signalbox::schema
