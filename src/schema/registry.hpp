#pragma once
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "schema/json_tape.hpp"
#include "schema/keywords.hpp"
#include "schema/program.hpp"
#include "schema/schema.hpp"
#include "signalbox/error.hpp"

namespace signalbox::schema {

using PlaceId = std::uint32_t;

/// The rules that a schema resource is read by.
struct Dialect {
  Draft draft = Draft::v2020_12;
  bool applicator = true, validation = true, unevaluated = true;
  bool format_checked = false;
  bool has(Vocabulary vocabulary) const;
};

/// A subschema where it stands.
struct Place {
  std::uint32_t document = 0;
  TapeIndex node = 0;
  std::uint32_t resource = 0;
  std::uint32_t location = 0;
};

/// A schema with a URI of its own.
struct Resource {
  std::string uri;
  Dialect dialect;
  PlaceId root = 0;
  std::map<std::string, PlaceId, std::less<>> anchors{};  ///< dynamic ones among them
  std::map<std::string, PlaceId, std::less<>> dynamic_anchors{};
};

/// Where a reference leads.
struct Target {
  PlaceId place = 0;
  std::string dynamic_anchor{};  ///< the name, when the reference is by a dynamic anchor
};

/// The documents that a schema is made of, and what in them has a name.
///
/// Documents come from compile()'s text, the metaschemas built in and the options' `resolve`.
class Registry {
 public:
  explicit Registry(const CompileOptions& options) : options_(options) {}

  /// The document to compile; first of all.
  Result<PlaceId> add_main(std::string_view text);

  /// Where `reference` at `from` leads.  The message has no pointer.
  Result<Target> resolve(PlaceId from, std::string_view reference);

  /// The subschema at a node of a document that has been scanned; kNoNode when there is none.
  PlaceId place_at(std::uint32_t document, TapeIndex node) const;

  const Place& place(PlaceId id) const { return places_[id]; }
  std::size_t places() const { return places_.size(); }
  const JsonTape& tape(std::uint32_t document) const { return documents_[document].tape; }
  const Resource& resource(std::uint32_t id) const { return resources_[id]; }
  std::size_t resources() const { return resources_.size(); }
  /// "/properties/a", behind "uri#" in another resource than the first.
  std::string location(std::uint32_t id) const;
  std::vector<Location> take_locations() { return std::move(locations_); }

 private:
  struct Document {
    std::string text;
    JsonTape tape;
  };
  /// What a subschema is told by what is around it.
  struct Surroundings {
    std::uint32_t document;
    std::uint32_t resource;
    std::uint32_t location;
  };

  Result<std::uint32_t> add_document(std::string text, const std::string& uri);
  Result<std::uint32_t> load(const std::string& uri);
  Result<Dialect> dialect_of(std::uint32_t document, TapeIndex root, Dialect otherwise);
  Result<Dialect> dialect_named(const std::string& metaschema);
  Status read_vocabularies(std::uint32_t document, Dialect& dialect) const;
  Status scan(Surroundings around, TapeIndex node);
  Status scan_keyword(const Surroundings& around, const KeywordInfo& info, TapeIndex value);
  Status enter_resource(Surroundings& around, TapeIndex node, std::string_view id);
  Status add_anchors(const Place& place, PlaceId id);
  Status add_anchor(const Place& place, PlaceId id, TapeIndex value, bool dynamic);
  Result<PlaceId> follow_pointer(std::uint32_t resource, std::string_view pointer);
  std::uint32_t add_location(std::uint32_t parent, std::string steps);

  const CompileOptions& options_;
  std::deque<Document> documents_;
  std::map<std::string, std::uint32_t, std::less<>> resources_by_uri_;
  std::vector<Resource> resources_;
  std::vector<Place> places_;
  std::unordered_map<std::uint64_t, PlaceId> places_by_node_;
  std::vector<Location> locations_;
  unsigned loading_dialects_ = 0;
};

}  // namespace signalbox::schema
